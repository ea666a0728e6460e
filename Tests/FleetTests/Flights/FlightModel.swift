@testable import Fleet

/// What a flight table is supposed to do, kept in plain arrays, without identities, counters or clever removal.
struct FlightModel: Hashable {
  struct Flight: Hashable {
    var key: Int
    var startedAt: Int
    var isRunning = true
  }

  /// Where a waiter is: inside a flight, or handed back.
  enum Place: Hashable {
    case inside(flight: Int)
    case handedBack
  }

  enum Answer: Hashable {
    case lead(flight: Int)
    case join(flight: Int)
    case refused(FlightRefusal)
  }

  var flightLimit: Int
  var waiterLimit: Int
  var admits = true
  var flights: [Flight] = []
  var places: [Place] = []
  var started = 0
  var joined = 0

  init(flightLimit: Int, waiterLimit: Int) {
    self.flightLimit = flightLimit
    self.waiterLimit = waiterLimit
  }

  var running: [Int] { flights.indices.filter { flights[$0].isRunning } }

  var waiting: [Int] {
    places.indices.filter { waiter in if case .inside = places[waiter] { true } else { false } }
  }

  mutating func admit(to key: Int, at step: Int) -> Answer {
    let answer = answer(to: key)
    switch answer {
    case .refused: places.append(.handedBack)
    case .join(let flight):
      places.append(.inside(flight: flight))
      joined += 1
    case .lead(let flight):
      flights.append(Flight(key: key, startedAt: step))
      places.append(.inside(flight: flight))
      started += 1
    }
    return answer
  }

  mutating func detach(_ waiter: Int) -> Int? {
    guard places[waiter] != .handedBack else { return nil }
    places[waiter] = .handedBack
    return waiter
  }

  mutating func finish(_ flight: Int) -> [Int] {
    flights[flight].isRunning = false
    return handBack { $0 == .inside(flight: flight) }
  }

  mutating func detachAll() -> [Int] { handBack { $0 != .handedBack } }

  private func answer(to key: Int) -> Answer {
    if !admits { return .refused(.draining) }
    if waiting.count >= waiterLimit { return .refused(.overloaded) }
    if let flight = running.first(where: { flights[$0].key == key }) { return .join(flight: flight) }
    if running.count >= flightLimit { return .refused(.overloaded) }
    return .lead(flight: flights.count)
  }

  private mutating func handBack(where isAffected: (Place) -> Bool) -> [Int] {
    let affected = places.indices.filter { isAffected(places[$0]) }
    for waiter in affected { places[waiter] = .handedBack }
    return affected
  }
}
