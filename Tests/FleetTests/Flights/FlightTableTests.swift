import FleetTestSupport
import Testing

@testable import Fleet

@Suite("Flight table")
struct FlightTableTests {
  struct Limits: Sendable, CustomTestStringConvertible {
    var flights: Int
    var waiters: Int
    /// How long the sequences are that are all tried; each step more takes about seven times as long.
    var depth = 5
    var testDescription: String { "at most \(flights) flights and \(waiters) waiters" }
  }

  static let limits = [
    Limits(flights: 10, waiters: 10, depth: 6), Limits(flights: 1, waiters: 10), Limits(flights: 10, waiters: 2),
    Limits(flights: 2, waiters: 3), Limits(flights: 0, waiters: 10), Limits(flights: 10, waiters: 0),
  ]

  @Test("every short sequence of steps agrees with the model", arguments: limits)
  func allShortSequences(limits: Limits) throws {
    var visited = 0
    func explore(_ walk: FlightWalk, depth: Int) throws {
      visited += 1
      if depth == 0 {
        var end = walk
        try end.finishEverything()
        return
      }
      for step in walk.possibleSteps {
        var next = walk
        try next.take(step)
        try explore(next, depth: depth - 1)
      }
    }
    try explore(FlightWalk(flightLimit: limits.flights, waiterLimit: limits.waiters), depth: limits.depth)
    #expect(visited > 1_000)
  }

  @Test("long random sequences agree with the model", arguments: limits)
  func longSequences(limits: Limits) throws {
    var generator = SplitMix64(seed: 0xF1_1657)
    for _ in 0..<40 {
      var walk = FlightWalk(flightLimit: limits.flights, waiterLimit: limits.waiters)
      for _ in 0..<50 {
        // Closing admission and emptying every flight are drawn seldom: after them little happens.
        var step = generator.pick(walk.possibleSteps)
        if step == .closeAdmission || step == .detachAll { step = generator.pick(walk.possibleSteps) }
        try walk.take(step)
      }
      try walk.finishEverything()
    }
  }

  @Test("a late finish and a late detach leave the successor alone")
  func lateSteps() throws {
    var table = FlightTable<Int, String>(limits: .init(flights: 9, waiters: 9))
    guard case .lead(let first, let early) = table.admit("early", to: 1, now: .zero) else {
      throw Unexpected("the first waiter has to lead")
    }
    #expect(table.finish(first) == ["early"])
    guard case .lead(let second, _) = table.admit("late", to: 1, now: .zero) else {
      throw Unexpected("the flight after it is a new one")
    }
    #expect(table.finish(first).isEmpty)
    #expect(table.detach(early, from: first) == nil)
    #expect(table.detach(early, from: second) == nil)
    #expect(table.keysInFlight == [1])
    #expect(table.finish(second) == ["late"])
    #expect(table.isIdle)
  }

  @Test("a flight that began after the clock was read for a snapshot has no age yet")
  func ages() {
    var table = FlightTable<Int, String>(limits: .init(flights: 9, waiters: 9))
    _ = table.admit("waiter", to: 1, now: .seconds(5))
    #expect(table.snapshot(now: .seconds(4)).oldestAge == .zero)
    #expect(table.snapshot(now: .seconds(7)).oldestAge == .seconds(2))
  }

  @Test("a flight that everybody has left is still joined")
  func joinsAbandonedFlight() throws {
    var table = FlightTable<Int, String>(limits: .init(flights: 9, waiters: 9))
    guard case .lead(let flight, let leader) = table.admit("leader", to: 1, now: .zero) else {
      throw Unexpected("the first waiter has to lead")
    }
    #expect(table.detach(leader, from: flight) == "leader")
    guard case .join(let joined, _) = table.admit("joiner", to: 1, now: .zero) else {
      throw Unexpected("the second waiter has to join")
    }
    #expect(joined == flight)
    #expect(table.finish(flight) == ["joiner"])
  }
}
