import FleetTestSupport
import Testing

@testable import Fleet

@Suite("Refresh drain", .timeLimit(.minutes(5)))
struct RefreshDrainTests {
  /// The outcomes that a refused caller was given.
  private func outcomes(ofDraining refresh: Task<RefreshReport, any Error>) async throws -> [RefreshOutcome] {
    do {
      _ = try await refresh.value
    } catch RefreshRefusal.draining(let outcomes) {
      return outcomes
    }
    throw Unexpected("the refresh should have been refused as draining")
  }

  @Test("admission is closed from that moment on, and a refused refresh opens no session")
  func closedAdmission() async throws {
    let bench = RefreshBench(accounts: 2)
    bench.coordinator.closeAdmission()
    #expect(try await outcomes(ofDraining: bench.start()).isEmpty)
    #expect(bench.store.sessionCounts == SessionCounts(opened: 0, open: 0))
    #expect(bench.upstream[\.requests].isEmpty && bench.observer.events.isEmpty)
    #expect(bench.coordinator.statistics.refreshes.started == 0)
  }

  @Test("draining an idle coordinator ends at once")
  func idle() async {
    let bench = RefreshBench(accounts: 1)
    #expect(await bench.coordinator.drain(within: .seconds(30)))
    #expect(bench.observer.events.isEmpty)
  }

  @Test("a refresh that was admitted runs to its end while draining, with all its accounts")
  func runsToItsEnd() async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 3, gate: gate, settings: .init(concurrentFetches: 1))
    let refresh = bench.start()
    await gate.arrivals(1)
    async let drained = bench.coordinator.drain(within: .seconds(30))
    await bench.clock.sleepers(1)
    #expect(try await outcomes(ofDraining: bench.start()).isEmpty)
    gate.open()
    #expect(await drained)
    #expect(try await refresh.value.results == [.written, .written, .written])
    await bench.expectAtRest()
  }

  @Test("after the limit callers get the outcomes so far, and what is overdue is told by name")
  func overdue() async throws {
    // An outcome is known once the refresh's own task has had its turn, which nothing tells: some drains come before.
    for _ in 0..<200 {
      let (soFar, known) = try await overdueDrain()
      #expect(Set(soFar).isSubset(of: known))
      if Set(soFar) == known { return }
    }
    Issue.record("the outcomes so far never reached a caller")
  }

  /// Drains over a refresh of three accounts: one written, one paused, one whose fetch does not end in time.
  private func overdueDrain() async throws -> (soFar: [RefreshOutcome], known: Set<RefreshOutcome>) {
    let gate = Gate()
    let bench = RefreshBench(accounts: 3, gate: gate, settings: .init(concurrentFetches: 1))
    bench.store.change { $0.candidates[AccountID("acc-12")]?.account.status = .paused }
    let refresh = bench.start()
    await gate.arrivals(1)
    gate.letThrough()
    await gate.arrivals(2)
    await until { bench.coordinator.statistics.flights.inFlight == 1 }
    let asked = bench.upstream.askedFor.map { AccountID($0.replacing("chatgpt-", with: "")) }
    async let drained = bench.coordinator.drain(within: .seconds(30))
    await bench.clock.sleepers(1)
    bench.clock.advance(by: .seconds(30))
    #expect(await drained == false)
    let soFar = try await outcomes(ofDraining: refresh)
    guard case .drainOverdue(let refreshes, let accounts) = bench.observer.events.last else {
      throw Unexpected("what is overdue is told")
    }
    #expect(refreshes.map(\.description) == ["refresh-1"] && accounts == [asked[1]])
    // The work itself was not ended.
    gate.open()
    await bench.expectAtRest()
    #expect(bench.store[\.writes].map(\.accountID) == asked)
    let known: Set = [
      RefreshOutcome(accountID: asked[0], result: .written),
      RefreshOutcome(accountID: AccountID("acc-12"), result: .skipped, reason: .status(.paused)),
    ]
    return (soFar, known)
  }

  @Test("an overdue refresh nobody waits for is told as well")
  func overdueWithoutListener() async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 1, gate: gate)
    let refresh = bench.start()
    await gate.arrivals(1)
    refresh.cancel()
    _ = await refresh.result
    async let drained = bench.coordinator.drain(within: .seconds(30))
    await bench.clock.sleepers(1)
    bench.clock.advance(by: .seconds(30))
    #expect(await drained == false)
    gate.open()
    await bench.expectAtRest()
  }
}
