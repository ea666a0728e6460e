import FleetTestSupport
import Testing

@testable import Fleet

@Suite("Singleflight: cancellation", .timeLimit(.minutes(5)))
struct SingleflightCancellationTests {
  typealias Flights = Singleflight<String, Int>

  let clock = TestClock(now: .at(1_000_000))
  let gate = Gate()

  func makeFlights(flights: Int = 100, waiters: Int = 100_000) -> Flights {
    Flights(flights: flights, waiters: waiters, clock: clock)
  }

  @Test("a cancelled leader leaves its joiners waiting")
  func cancelledLeader() async {
    let flights = makeFlights()
    let leader = flights.waiter(value: 7, gate: gate)
    await gate.arrivals(1)
    let joiners = (0..<5).map { _ in flights.waiter(value: 0, gate: gate) }
    await until { flights.snapshot().waiters == 6 }
    leader.cancel()
    #expect(await leader.value == .refused(.waitCancelled))
    #expect(flights.snapshot().waiters == 5)
    #expect(flights.snapshot().inFlight == 1)
    gate.open()
    for joiner in joiners { #expect(await joiner.value == .value(7)) }
  }

  @Test("a cancelled waiter returns at once, even if the work never ends")
  func cancelledWaiterReturns() async {
    let flights = makeFlights()
    let leader = flights.waiter(gate: gate)
    await gate.arrivals(1)
    let joiner = flights.waiter(gate: gate)
    await until { flights.snapshot().waiters == 2 }
    joiner.cancel()
    leader.cancel()
    #expect(await joiner.value == .refused(.waitCancelled))
    #expect(await leader.value == .refused(.waitCancelled))
    // The work is still held: both returned before anything let it end.
    #expect(flights.snapshot().inFlight == 1)
    #expect(flights.snapshot().waiters == 0)
    gate.open()
    await until { flights.snapshot().inFlight == 0 }
  }

  @Test("an abandoned flight is joined by whoever comes next")
  func abandonedFlightIsJoined() async {
    let flights = makeFlights()
    let leader = flights.waiter(value: 1, gate: gate)
    await gate.arrivals(1)
    leader.cancel()
    _ = await leader.value
    let next = flights.waiter(value: 2, gate: gate)
    await until { flights.snapshot().waiters == 1 }
    gate.open()
    #expect(await next.value == .value(1))
    #expect(flights.snapshot().started == 1)
  }

  @Test("a task that was cancelled before it asked does not wait")
  func alreadyCancelled() async {
    let flights = makeFlights()
    let outcome = await Task { [gate] in
      withUnsafeCurrentTask { $0?.cancel() }
      return await flights.result(for: "a") {
        await gate.pass()
        return 1
      }
    }.value
    #expect(outcome == .refused(.waitCancelled))
    #expect(flights.snapshot().waiters == 0)
    gate.open()
    await until { flights.snapshot().inFlight == 0 }
  }

  @Test("a cancellation that races with boarding resumes everybody exactly once")
  func cancellationRace() async {
    let flights = makeFlights()
    gate.open()
    var outcomes: [FlightResult: Int] = [:]
    for round in 0..<1_500 {
      await withTaskGroup(of: FlightResult.self) { group in
        for _ in 0..<4 {
          let waiter = flights.waiter(for: "key-\(round % 3)", gate: gate)
          group.addTask { await waiter.value }
          group.addTask {
            waiter.cancel()
            return await waiter.value
          }
        }
        for await outcome in group { outcomes[outcome, default: 0] += 1 }
      }
    }
    // A continuation that is resumed twice traps, and one that is lost keeps its group from ending.
    #expect(outcomes[.value(1), default: 0] + outcomes[.refused(.waitCancelled), default: 0] == 12_000)
    await until { flights.snapshot().inFlight == 0 }
    let end = flights.snapshot()
    #expect(end.waiters == 0)
    #expect(end.started + end.joined == 6_000)
  }

  @Test("a cancellation that races with landing resumes everybody exactly once")
  func landingRace() async {
    for round in 0..<400 {
      let flights = makeFlights()
      let gate = Gate()
      let waiters = (0..<6).map { _ in flights.waiter(value: round, gate: gate) }
      await until { flights.snapshot().waiters == 6 }
      async let opened: Void = Task.detached { gate.open() }.value
      for waiter in waiters { waiter.cancel() }
      await opened
      for waiter in waiters {
        let outcome = await waiter.value
        #expect(outcome == .value(round) || outcome == .refused(.waitCancelled))
      }
      #expect(flights.snapshot().waiters == 0)
    }
  }

  @Test("ten thousand waiters of one flight can all be cancelled")
  func manyCancelledWaiters() async {
    let flights = makeFlights()
    let waiters = (0..<10_000).map { _ in flights.waiter(gate: gate) }
    await until { flights.snapshot().waiters == 10_000 }
    for waiter in waiters { waiter.cancel() }
    for waiter in waiters { #expect(await waiter.value == .refused(.waitCancelled)) }
    #expect(flights.snapshot().waiters == 0)
    #expect(flights.snapshot().started == 1)
    gate.open()
    await until { flights.snapshot().inFlight == 0 }
  }
}
