import FleetTestSupport
import NIOConcurrencyHelpers
import Testing

@testable import Fleet

@Suite("Singleflight", .timeLimit(.minutes(5)))
struct SingleflightTests {
  typealias Flights = Singleflight<String, Int>

  let clock = TestClock(now: .at(1_000_000))
  let gate = Gate()

  func makeFlights(flights: Int = 100, waiters: Int = 100_000) -> Flights {
    Flights(flights: flights, waiters: waiters, clock: clock)
  }

  @Test("joiners share one execution and its value")
  func joinersShare() async {
    let flights = makeFlights()
    let leader = flights.waiter(value: 1, gate: gate)
    await gate.arrivals(1)
    let joiners = (2...20).map { flights.waiter(value: $0, gate: gate) }
    await until { flights.snapshot().waiters == 20 }
    gate.open()
    #expect(await leader.value == .value(1))
    for joiner in joiners { #expect(await joiner.value == .value(1)) }
    #expect(gate.arrived == 1)
    let end = flights.snapshot()
    #expect(end.started == 1 && end.joined == 19)
    #expect(end.waiters == 0 && end.inFlight == 0 && end.oldestAge == .zero)
  }

  @TaskLocal static var logContext = "none"

  @Test("the work inherits neither cancellation nor task-local values")
  func isolatedWork() async {
    let flights = makeFlights()
    let observed = NIOLockedValueBox<(context: String, wasCancelled: Bool)?>(nil)
    let leader = Self.$logContext.withValue("the leader's") {
      Task { [gate] in
        await flights.result(for: "a") {
          await gate.pass()
          observed.withLockedValue { $0 = (Self.logContext, Task.isCancelled) }
          return 1
        }
      }
    }
    await gate.arrivals(1)
    leader.cancel()
    #expect(await leader.value == .refused(.waitCancelled))
    gate.open()
    await until { flights.snapshot().inFlight == 0 }
    #expect(observed.withLockedValue { $0?.context } == "none")
    #expect(observed.withLockedValue { $0?.wasCancelled } == false)
  }

  @Test("whoever asks after completion starts a new flight; no value is kept")
  func nothingIsCached() async throws {
    let flights = makeFlights()
    for round in 1...10 {
      #expect(try await flights.landing(for: "a") { round }.value == round)
      #expect(flights.snapshot().started == round)
    }
    #expect(flights.snapshot().joined == 0)
  }

  @Test("a flight is out of the table before its waiters go on")
  func finishedBeforeResumed() async throws {
    let flights = makeFlights()
    for round in 1...200 {
      let landing = try await flights.landing(for: "a") { round }
      // Were the flight still there, this would join it and come back with the old value.
      let next = try await flights.landing(for: "a") { -round }
      #expect(landing.value == round && next.value == -round)
    }
  }

  @Test("a failure is delivered to every waiter and not kept")
  func failuresAreNotKept() async throws {
    let flights = Singleflight<String, Result<Int, Unexpected>>(flights: 9, waiters: 9, clock: clock)
    let waiters = (0..<3).map { _ in
      Task { [gate] in
        try await flights.landing(for: "a") {
          await gate.pass()
          return .failure(Unexpected("refused"))
        }.value
      }
    }
    await until { flights.snapshot().waiters == 3 }
    gate.open()
    for waiter in waiters {
      let outcome = try await waiter.value
      #expect(throws: Unexpected.self) { try outcome.get() }
    }
    #expect(try await flights.landing(for: "a") { .success(5) }.value.get() == 5)
  }

  @Test("keys are compared by their parts, whatever characters these hold")
  func typedKeys() async {
    struct Key: Hashable {
      var account: AccountID
      var purpose: String
    }
    let flights = Singleflight<Key, Int>(flights: 9, waiters: 9, clock: clock)
    let keys = [
      Key(account: AccountID("a:b"), purpose: "c"), Key(account: AccountID("a"), purpose: "b:c"),
      Key(account: AccountID("a\u{0}"), purpose: "bc"), Key(account: AccountID(""), purpose: "a:b:c"),
    ]
    let waiters = keys.enumerated().map { index, key in
      Task { [gate] in
        try await flights.landing(for: key) {
          await gate.pass()
          return index
        }.value
      }
    }
    await gate.arrivals(keys.count)
    #expect(flights.snapshot().inFlight == keys.count)
    gate.open()
    for (index, waiter) in waiters.enumerated() { #expect(await (try? waiter.value) == index) }
  }

  @Test("a landing says when its flight started, not when the waiter came")
  func startIsReported() async throws {
    let flights = makeFlights()
    let start = clock.uptime
    let leader = flights.waiter(gate: gate)
    await gate.arrivals(1)
    clock.advance(by: .seconds(5))
    let joiner = Task { try await flights.landing(for: "a") { 0 } }
    await until { flights.snapshot().waiters == 2 }
    #expect(flights.snapshot().oldestAge == .seconds(5))
    gate.open()
    #expect(try await joiner.value.startedAt == start)
    _ = await leader.value
  }

  @Test("flights and what their work holds are freed when they end")
  func noRetainCycle() async throws {
    final class Resource: Sendable {}
    weak var resource: Resource?
    weak var kept: Flights?
    do {
      let flights = makeFlights()
      let held = Resource()
      resource = held
      kept = flights
      let waiter = Task { [gate] in
        try await flights.landing(for: "a") {
          await gate.pass()
          withExtendedLifetime(held) {}
          return 1
        }.value
      }
      await gate.arrivals(1)
      gate.open()
      _ = try await waiter.value
    }
    await until { resource == nil && kept == nil }
  }

  @Test("ten thousand waiters of one flight all land")
  func manyLandedWaiters() async {
    let flights = makeFlights()
    let waiters = (0..<10_000).map { _ in flights.waiter(value: 3, gate: gate) }
    await until { flights.snapshot().waiters == 10_000 }
    gate.open()
    for waiter in waiters { #expect(await waiter.value == .value(3)) }
    #expect(flights.snapshot().waiters == 0)
  }
}
