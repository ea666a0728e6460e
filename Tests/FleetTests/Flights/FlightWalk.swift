@testable import Fleet

/// A flight table and its model, walked through the same steps and compared after each.
struct FlightWalk {
  typealias Table = FlightTable<Int, Int>

  enum Step: Hashable {
    case admit(key: Int)
    case detach(waiter: Int)
    case finish(flight: Int)
    case closeAdmission
    case detachAll
  }

  struct Disagreement: Error, CustomStringConvertible {
    var steps: [Step]
    var description: String
  }

  private(set) var model: FlightModel
  private(set) var steps: [Step] = []
  private var table: Table
  private var flightIDs: [Table.FlightID] = []
  /// The seat of each waiter, nil for those who were refused.
  private var seats: [(flight: Table.FlightID, waiter: Table.WaiterID)?] = []
  private var handedBack: [Int: Int] = [:]

  init(flightLimit: Int, waiterLimit: Int) {
    model = FlightModel(flightLimit: flightLimit, waiterLimit: waiterLimit)
    table = Table(limits: .init(flights: flightLimit, waiters: waiterLimit))
  }

  /// Every step that can be taken here, also the pointless ones: detaching somebody twice, finishing a flight twice.
  var possibleSteps: [Step] {
    var steps: [Step] = [.admit(key: 1), .admit(key: 2), .closeAdmission, .detachAll]
    steps += seats.indices.filter { seats[$0] != nil }.map { .detach(waiter: $0) }
    steps += flightIDs.indices.map { .finish(flight: $0) }
    return steps
  }

  mutating func take(_ step: Step) throws {
    steps.append(step)
    switch step {
    case .admit(let key): try admit(to: key)
    case .detach(let waiter): try detach(waiter)
    case .finish(let flight): try handBack(table.finish(flightIDs[flight]), expected: model.finish(flight))
    case .closeAdmission:
      table.closeAdmission()
      model.admits = false
    case .detachAll: try handBack(table.detachAll(), expected: model.detachAll())
    }
    try compare()
  }

  /// Ends everything that runs, and sees that nothing is left behind.
  mutating func finishEverything() throws {
    for flight in model.running { try take(.finish(flight: flight)) }
    let end = table.snapshot(now: .zero)
    try expect(table.isIdle && end.inFlight == 0 && end.waiters == 0 && end.oldestAge == .zero, "not empty at the end")
    let everybody = model.places.indices.allSatisfy { handedBack[$0] == 1 }
    try expect(everybody, "somebody was not handed back exactly once")
  }

  private mutating func admit(to key: Int) throws {
    let waiter = seats.count
    let expected = model.admit(to: key, at: steps.count)
    switch table.admit(waiter, to: key, now: .seconds(steps.count)) {
    case .lead(let flight, let id):
      try expect(!flightIDs.contains(flight), "a flight's identity was used twice")
      flightIDs.append(flight)
      try seat(waiter, flight, id)
      try expect(expected == .lead(flight: flightIDs.count - 1), "leads, expected \(expected)")
    case .join(let flight, let id):
      try seat(waiter, flight, id)
      let number = flightIDs.firstIndex(of: flight)
      try expect(number.map { expected == .join(flight: $0) } ?? false, "joins, expected \(expected)")
    case .refused(let refusal, let returned):
      seats.append(nil)
      handedBack[returned, default: 0] += 1
      try expect(returned == waiter, "another waiter was refused")
      try expect(expected == .refused(refusal), "refused with \(refusal), expected \(expected)")
    }
  }

  private mutating func seat(_ waiter: Int, _ flight: Table.FlightID, _ id: Table.WaiterID) throws {
    try expect(!seats.contains { $0?.waiter == id }, "a waiter's identity was used twice")
    seats.append((flight, id))
  }

  private mutating func detach(_ waiter: Int) throws {
    guard let seat = seats[waiter] else { return }
    try handBack(
      table.detach(seat.waiter, from: seat.flight).map { [$0] } ?? [], expected: model.detach(waiter).map { [$0] } ?? []
    )
  }

  private mutating func handBack(_ waiters: [Int], expected: [Int]) throws {
    for waiter in waiters {
      handedBack[waiter, default: 0] += 1
      try expect(handedBack[waiter] == 1, "waiter \(waiter) was handed back twice")
    }
    try expect(waiters.sorted() == expected, "handed back \(waiters.sorted()), expected \(expected)")
  }

  private func compare() throws {
    let now = steps.count + 1
    let counts = table.snapshot(now: .seconds(now))
    let running = model.running
    try expect(counts.started == model.started, "started \(counts.started), expected \(model.started)")
    try expect(counts.joined == model.joined, "joined \(counts.joined), expected \(model.joined)")
    try expect(counts.inFlight == running.count, "in flight \(counts.inFlight), expected \(running.count)")
    try expect(counts.waiters == model.waiting.count, "waiters \(counts.waiters), expected \(model.waiting.count)")
    let oldest = running.map { now - model.flights[$0].startedAt }.max() ?? 0
    try expect(counts.oldestAge == .seconds(oldest), "oldest age \(counts.oldestAge), expected \(oldest) s")
    try expect(table.isIdle == running.isEmpty, "idle: \(table.isIdle)")
    let keys = running.map { model.flights[$0].key }
    try expect(table.keysInFlight == keys, "keys in flight \(table.keysInFlight), expected \(keys)")
    try expect(Set(keys).count == keys.count, "two flights of one key")
    try expect(counts.inFlight <= model.flightLimit && counts.waiters <= model.waiterLimit, "beyond the limits")
    let inside = model.places.indices.filter { handedBack[$0] == nil }
    try expect(inside == model.waiting, "inside are \(inside), expected \(model.waiting)")
  }

  private func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws {
    if !condition { throw Disagreement(steps: steps, description: "\(message()) after \(steps)") }
  }
}
