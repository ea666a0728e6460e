@testable import Fleet

/// Callers, their cancellations, flights and a drain, walked through one interleaving of the atomic steps in which
/// `Singleflight` takes them: the table and the seats are the real ones, each locked step of the shell is a step here.
struct BoardingWalk {
  private typealias Table = FlightTable<Int, Int>
  private typealias Seat = FlightSeat<Table.FlightID, Table.WaiterID>

  /// What a caller's wait came to.
  enum Result: Hashable {
    case landed(flight: Int, fails: Bool)
    case refused(FlightRefusal)
  }

  enum Step: Hashable {
    /// The caller asks for its key's flight.
    case enter(caller: Int)
    /// The caller takes its seat; a leader's work begins.
    case board(caller: Int)
    /// The caller's task is cancelled, whatever it is doing.
    case cancel(caller: Int)
    /// Whoever was told to takes the caller out of its flight.
    case takeOut(caller: Int)
    /// A flight's work ends, well or not.
    case finish(flight: Int, fails: Bool)
    case closeAdmission
    /// The drain begins to wait for the end of what runs.
    case watch
    /// The drain's time is up: it looks at what still runs.
    case deadline
    /// The drain sends those away who still wait.
    case abandon
  }

  struct Violation: Error, CustomStringConvertible {
    var description: String
  }

  /// All that decides what can happen from here: two walks with the same one have the same future.
  struct Situation: Hashable {
    struct Caller: Hashable {
      let key: Int
      var hasEntered = false
      var flight: Int?
      var leads = false
      var isSeated = false
      var isCancelled = false
      var isToBeTakenOut = false
      var result: Result?
    }

    struct Flight: Hashable {
      let key: Int
      var isFlying = false
      var hasEnded = false
    }

    enum Drain: Hashable {
      case notBegun
      case watching
      case settled
      case overdue
      case gaveUp
    }

    var callers: [Caller]
    var flights: [Flight] = []
    var admits = true
    var drain = Drain.notBegun
  }

  private(set) var situation: Situation
  private(set) var steps: [Step] = []
  private let mayFail: Bool
  private let limits: Table.Limits
  private var table: Table
  private var seats: [Seat]
  private var places: [Seat.Place?]
  private var flightIDs: [Table.FlightID] = []

  /// - Parameter mayFail: whether work may also end badly, which makes for many more walks.
  init(keys: [Int], flightLimit: Int, waiterLimit: Int, mayFail: Bool) {
    self.mayFail = mayFail
    situation = Situation(callers: keys.map { Situation.Caller(key: $0) })
    limits = .init(flights: flightLimit, waiters: waiterLimit)
    table = Table(limits: limits)
    seats = keys.map { _ in Seat() }
    places = keys.map { _ in nil }
  }

  var possibleSteps: [Step] {
    var steps: [Step] = []
    for (number, caller) in situation.callers.enumerated() {
      if !caller.hasEntered { steps.append(.enter(caller: number)) }
      if caller.flight != nil, !caller.isSeated { steps.append(.board(caller: number)) }
      if !caller.isCancelled { steps.append(.cancel(caller: number)) }
      if caller.isToBeTakenOut { steps.append(.takeOut(caller: number)) }
    }
    for flight in situation.flights.indices where situation.flights[flight].isFlying {
      steps.append(.finish(flight: flight, fails: false))
      if mayFail { steps.append(.finish(flight: flight, fails: true)) }
    }
    if situation.admits { steps.append(.closeAdmission) }
    if !situation.admits, situation.drain == .notBegun { steps.append(.watch) }
    if situation.drain == .watching { steps.append(.deadline) }
    if situation.drain == .overdue { steps.append(.abandon) }
    return steps
  }

  mutating func take(_ step: Step) throws {
    steps.append(step)
    switch step {
    case .enter(let caller): try enter(caller)
    case .board(let caller): board(caller)
    case .cancel(let caller):
      situation.callers[caller].isCancelled = true
      if seats[caller].leave() != nil { situation.callers[caller].isToBeTakenOut = true }
    case .takeOut(let caller):
      situation.callers[caller].isToBeTakenOut = false
      guard let place = places[caller] else { throw Violation(description: "nobody sits there, after \(steps)") }
      if let waiter = table.detach(place.waiter, from: place.flight) {
        try expect(waiter == caller, "another one was taken out")
        try resume(waiter, .refused(.waitCancelled))
      }
    case .finish(let flight, let fails):
      situation.flights[flight].isFlying = false
      situation.flights[flight].hasEnded = true
      for waiter in table.finish(flightIDs[flight]) { try resume(waiter, .landed(flight: flight, fails: fails)) }
      if table.isIdle, situation.drain == .watching { situation.drain = .settled }
    case .closeAdmission:
      table.closeAdmission()
      situation.admits = false
    case .watch: situation.drain = table.isIdle ? .settled : .watching
    case .deadline: situation.drain = .overdue
    case .abandon:
      situation.drain = .gaveUp
      for waiter in table.detachAll() { try resume(waiter, .refused(.draining)) }
    }
    try check()
  }

  private mutating func enter(_ caller: Int) throws {
    let before = table.snapshot(now: .zero)
    let isFlown = situation.flights.contains { $0.key == situation.callers[caller].key && !$0.hasEnded }
    situation.callers[caller].hasEntered = true
    switch table.admit(caller, to: situation.callers[caller].key, now: .zero) {
    case .lead(let flight, let waiter):
      try expect(situation.admits, "a flight began after admission was closed")
      situation.callers[caller].leads = true
      situation.callers[caller].flight = flightIDs.count
      situation.flights.append(Situation.Flight(key: situation.callers[caller].key))
      flightIDs.append(flight)
      places[caller] = Seat.Place(flight: flight, waiter: waiter)
    case .join(let flight, let waiter):
      situation.callers[caller].flight = flightIDs.firstIndex(of: flight)
      places[caller] = Seat.Place(flight: flight, waiter: waiter)
    case .refused(let refusal, let waiter):
      try expect(waiter == caller, "another one was refused")
      let isFull = before.waiters >= limits.waiters || !isFlown && before.inFlight >= limits.flights
      try expect(refusal == (situation.admits ? .overloaded : .draining), "\(refusal) is no reason here")
      try expect(!situation.admits || isFull, "one was refused although there was room")
      try resume(waiter, .refused(refusal))
    }
  }

  private mutating func board(_ caller: Int) {
    situation.callers[caller].isSeated = true
    if let place = places[caller], seats[caller].board(place) != nil {
      situation.callers[caller].isToBeTakenOut = true
    }
    if situation.callers[caller].leads, let flight = situation.callers[caller].flight {
      situation.flights[flight].isFlying = true
    }
  }

  private mutating func resume(_ caller: Int, _ result: Result) throws {
    try expect(situation.callers[caller].result == nil, "caller \(caller) was resumed twice")
    situation.callers[caller].result = result
  }

  /// What has to hold at every moment, whatever comes next or never comes.
  private func check() throws {
    let open = situation.flights.filter { !$0.hasEnded }
    try expect(Set(open.map(\.key)).count == open.count, "one key is in two flights")
    try expect(table.isIdle == open.isEmpty, "the table does not know what runs")
    let counts = table.snapshot(now: .zero)
    let waiting = situation.callers.count { $0.flight != nil && $0.result == nil }
    try expect(counts.waiters == waiting, "\(counts.waiters) are said to wait, \(waiting) do")
    if situation.drain == .settled { try expect(open.isEmpty, "the drain ended while something ran") }
    if situation.drain == .watching { try expect(!open.isEmpty, "the drain waits for nothing") }
    for (number, caller) in situation.callers.enumerated() where caller.hasEntered {
      let hasMoreToDo = caller.flight != nil && !caller.isSeated || caller.isToBeTakenOut
      let mustBeBack = !hasMoreToDo && caller.isCancelled || situation.drain == .gaveUp
      if mustBeBack { try expect(caller.result != nil, "caller \(number) waits on although nothing has to end first") }
      if let flight = caller.flight, situation.flights[flight].hasEnded {
        try expect(caller.result != nil, "caller \(number) waits for a flight that has ended")
      }
      if case .landed(let flight, _)? = caller.result {
        try expect(flight == caller.flight, "caller \(number) got another flight's outcome")
        try expect(situation.flights[flight].hasEnded, "caller \(number) was told of a flight that goes on")
      }
      if caller.result == .refused(.waitCancelled) { try expect(caller.isCancelled, "nobody had cancelled \(number)") }
    }
  }

  private func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws {
    if !condition { throw Violation(description: "\(message()) after \(steps)") }
  }
}
