import FleetTestSupport
import NIOConcurrencyHelpers
import Testing

@testable import Fleet

@Suite("Singleflight: limits and drain", .timeLimit(.minutes(5)))
struct SingleflightDrainTests {
  typealias Flights = Singleflight<String, Int>

  let clock = TestClock(now: .at(1_000_000))
  let gate = Gate()

  func makeFlights(flights: Int = 100, waiters: Int = 100) -> Flights {
    Flights(flights: flights, waiters: waiters, clock: clock)
  }

  @Test("closed admission refuses from that moment on and starts no work")
  func closedAdmission() async {
    let flights = makeFlights()
    flights.closeAdmission()
    let worked = NIOLockedValueBox(false)
    await #expect(throws: FlightRefusal.draining) {
      try await flights.landing(for: "a") {
        worked.withLockedValue { $0 = true }
        return 1
      }
    }
    #expect(flights.snapshot() == FlightCounts())
    #expect(!worked.withLockedValue { $0 })
  }

  @Test("closed admission lets what runs go on, but nobody join it")
  func closedAdmissionKeepsRunning() async {
    let flights = makeFlights()
    let leader = flights.waiter(for: "a", gate: gate)
    await gate.arrivals(1)
    flights.closeAdmission()
    #expect(await flights.waiter(for: "a", gate: gate).value == .refused(.draining))
    gate.open()
    #expect(await leader.value == .value(1))
  }

  @Test("a cancelled task is refused like any other when admission is closed")
  func cancelledAndClosed() async {
    let flights = makeFlights()
    flights.closeAdmission()
    let waiter = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await flights.result(for: "a") { 1 }
    }
    #expect(await waiter.value == .refused(.draining))
  }

  @Test("settling returns at once when nothing runs")
  func settleIdle() async {
    #expect(await makeFlights().settle(within: .seconds(30)).isEmpty)
    #expect(clock.sleeperCount == 0)
  }

  @Test("settling returns early when the last flight ends")
  func settleEarly() async {
    let flights = makeFlights()
    let waiters = [flights.waiter(for: "a", gate: gate), flights.waiter(for: "b", gate: gate)]
    await gate.arrivals(2)
    async let overdue = flights.settle(within: .seconds(30))
    await clock.sleepers(1)
    gate.letThrough()
    await until { flights.snapshot().inFlight == 1 }
    gate.letThrough()
    // The clock has not moved: only the flights' end can have ended the wait.
    #expect(await overdue.isEmpty)
    for waiter in waiters { _ = await waiter.value }
  }

  @Test("settling names the overdue keys after its limit, the oldest first")
  func settleOverdue() async {
    let flights = makeFlights()
    var waiters: [Task<FlightResult, Never>] = []
    for (index, key) in ["c", "a", "b"].enumerated() {
      waiters.append(flights.waiter(for: key, gate: gate))
      await gate.arrivals(index + 1)
    }
    async let overdue = flights.settle(within: .seconds(30))
    await clock.sleepers(1)
    clock.advance(by: .seconds(29))
    #expect(clock.sleeperCount == 1)
    clock.advance(by: .seconds(1))
    #expect(await overdue == ["c", "a", "b"])
    gate.open()
    for waiter in waiters { #expect(await waiter.value == .value(1)) }
  }

  @Test("several may settle at once, and a cancelled one returns alone")
  func severalSettle() async {
    let flights = makeFlights()
    let waiter = flights.waiter(for: "a", gate: gate)
    await gate.arrivals(1)
    let first = Task { await flights.settle(within: .seconds(30)) }
    let second = Task { await flights.settle(within: .seconds(60)) }
    await clock.sleepers(2)
    second.cancel()
    #expect(await second.value == ["a"])
    await until { clock.sleeperCount == 1 }
    gate.open()
    #expect(await first.value.isEmpty)
    _ = await waiter.value
  }

  @Test("settling in a task that was cancelled before returns at once, with what still runs")
  func cancelledBefore() async {
    let flights = makeFlights()
    let waiter = flights.waiter(for: "a", gate: gate)
    await gate.arrivals(1)
    let settling = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await flights.settle(within: .seconds(30))
    }
    #expect(await settling.value == ["a"])
    gate.open()
    #expect(await waiter.value == .value(1))
  }

  @Test("given-up waits end as draining while the flights go on")
  func abandonedWaiters() async {
    let flights = makeFlights()
    let waiters = ["a", "b", "a"].map { flights.waiter(for: $0, gate: gate) }
    await until { flights.snapshot().waiters == 3 }
    flights.abandonWaiters()
    for waiter in waiters { #expect(await waiter.value == .refused(.draining)) }
    #expect(flights.snapshot().inFlight == 2)
    #expect(flights.snapshot().waiters == 0)
    gate.open()
    #expect(await flights.settle(within: .seconds(30)).isEmpty)
  }

  @Test("a waiter beyond the limit is overloaded, and room is made by those who leave")
  func waiterLimit() async {
    let flights = makeFlights(waiters: 2)
    let waiters = [flights.waiter(for: "a", gate: gate), flights.waiter(for: "a", gate: gate)]
    await until { flights.snapshot().waiters == 2 }
    #expect(await flights.waiter(for: "a", gate: gate).value == .refused(.overloaded))
    waiters[0].cancel()
    _ = await waiters[0].value
    let third = flights.waiter(for: "a", gate: gate)
    await until { flights.snapshot().waiters == 2 }
    gate.open()
    #expect(await third.value == .value(1))
    #expect(await waiters[1].value == .value(1))
  }

  @Test("a key beyond the limit is overloaded, joining a known one is not")
  func flightLimit() async {
    let flights = makeFlights(flights: 1)
    let leader = flights.waiter(for: "a", gate: gate)
    await gate.arrivals(1)
    #expect(await flights.waiter(for: "b", gate: gate).value == .refused(.overloaded))
    #expect(gate.arrived == 1)
    let joiner = flights.waiter(for: "a", gate: gate)
    await until { flights.snapshot().waiters == 2 }
    gate.open()
    #expect(await leader.value == .value(1))
    #expect(await joiner.value == .value(1))
    #expect(await flights.waiter(for: "b", gate: gate).value == .value(1))
  }
}
