/// The bookkeeping of shared work: which flights there are, and who waits for each.
///
/// A pure value: it runs nothing, resumes nobody and reads no clock. Every method is one atomic step of the caller's
/// choosing and says what the caller has to do next, outside whatever lock guards the table.
///
/// `Waiter` is what it takes to resume somebody; the table only keeps it and hands it back exactly once.
struct FlightTable<Key: Hashable & Sendable, Waiter: Sendable>: Sendable {
  /// One execution of the work for a key. Numbers are never used twice, so a late step cannot hit a successor.
  struct FlightID: Hashable, Sendable {
    fileprivate let number: UInt64
  }

  /// One party that waits.
  struct WaiterID: Hashable, Sendable {
    fileprivate let number: UInt64
  }

  /// How much the table takes before it refuses.
  struct Limits: Sendable {
    /// Flights at once.
    var flights: Int
    /// Waiters at once, over all flights.
    var waiters: Int
  }

  /// What became of a request to join.
  enum Admission: Sendable {
    /// The caller waits for a new flight, whose work it has to start now.
    case lead(FlightID, WaiterID)
    /// The caller waits for a flight that runs already.
    case join(FlightID, WaiterID)
    /// The caller does not wait; it gets its waiter back.
    case refused(FlightRefusal, Waiter)
  }

  private struct Flight: Sendable {
    let key: Key
    let startedAt: Duration
    var waiters: [WaiterID: Waiter] = [:]
  }

  private let limits: Limits
  private var flights: [FlightID: Flight] = [:]
  private var current: [Key: FlightID] = [:]
  private var nextNumber: UInt64 = 0
  /// Whether anybody is let in.
  private(set) var admits = true
  private var counts = FlightCounts()

  /// Makes an empty table.
  init(limits: Limits) { self.limits = limits }

  /// Lets a waiter in: to the key's flight when one runs, else to a new one.
  ///
  /// - Parameter now: when the flight starts, should it be a new one.
  mutating func admit(_ waiter: Waiter, to key: Key, now: Duration) -> Admission {
    guard admits else { return .refused(.draining, waiter) }
    guard counts.waiters < limits.waiters else { return .refused(.overloaded, waiter) }
    if let flight = current[key] {
      let id = attach(waiter, to: flight)
      counts.joined += 1
      return .join(flight, id)
    }
    guard flights.count < limits.flights else { return .refused(.overloaded, waiter) }
    let flight = FlightID(number: takeNumber())
    flights[flight] = Flight(key: key, startedAt: now)
    current[key] = flight
    counts.started += 1
    return .lead(flight, attach(waiter, to: flight))
  }

  /// Takes one waiter out, at a cost that does not depend on how many there are.
  ///
  /// - Returns: the waiter, to be told that it no longer waits; nil when it was taken out before.
  mutating func detach(_ waiter: WaiterID, from flight: FlightID) -> Waiter? {
    guard let detached = flights[flight]?.waiters.removeValue(forKey: waiter) else { return nil }
    counts.waiters -= 1
    return detached
  }

  /// Removes a flight whose work has ended; whoever asks for its key from now on starts a new one.
  ///
  /// - Returns: the waiters, to be given the outcome. Empty when the flight was removed before.
  mutating func finish(_ flight: FlightID) -> [Waiter] {
    guard let finished = flights.removeValue(forKey: flight) else { return [] }
    if current[finished.key] == flight { current[finished.key] = nil }
    counts.waiters -= finished.waiters.count
    return Array(finished.waiters.values)
  }

  /// Refuses everybody from now on; what runs goes on.
  mutating func closeAdmission() { admits = false }

  /// Takes every waiter out of every flight; the flights go on.
  mutating func detachAll() -> [Waiter] {
    let detached = flights.values.flatMap { $0.waiters.values }
    for flight in flights.keys { flights[flight]?.waiters = [:] }
    counts.waiters = 0
    return detached
  }

  /// Whether nothing runs.
  var isIdle: Bool { flights.isEmpty }

  /// The keys of what runs, the oldest first.
  var keysInFlight: [Key] {
    flights.sorted { $0.key.number < $1.key.number }.map(\.value.key)
  }

  /// What there is and was.
  func snapshot(now: Duration) -> FlightCounts {
    var snapshot = counts
    snapshot.inFlight = flights.count
    // A flight that began after the clock was read has no age yet.
    snapshot.oldestAge = flights.values.map(\.startedAt).min().map { max(.zero, now - $0) } ?? .zero
    return snapshot
  }

  private mutating func attach(_ waiter: Waiter, to flight: FlightID) -> WaiterID {
    let id = WaiterID(number: takeNumber())
    flights[flight]?.waiters[id] = waiter
    counts.waiters += 1
    return id
  }

  private mutating func takeNumber() -> UInt64 {
    nextNumber += 1
    return nextNumber
  }
}
