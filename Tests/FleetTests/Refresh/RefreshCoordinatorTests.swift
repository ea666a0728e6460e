import FleetTestSupport
import Testing

@testable import Fleet

@Suite("Refresh coordinator", .timeLimit(.minutes(5)))
struct RefreshCoordinatorTests {
  @Test("a refresh writes every stale account and reports each in order")
  func writesAll() async throws {
    let bench = RefreshBench(accounts: 3)
    let report = try await bench.coordinator.refresh(.all)
    #expect(report.usageWritten && report.accountCount == 3 && report.attemptedCount == 3)
    #expect(report.outcomes.map(\.accountID.rawValue) == ["acc-10", "acc-11", "acc-12"])
    #expect(report.results == [.written, .written, .written])
    #expect(report.outcomes.allSatisfy { $0.observedAt == .at(1_000_000) && $0.reason == nil })
    #expect(report.generatedAt == .at(1_000_000))
    #expect(
      Set(bench.upstream[\.requests])
        == Set(
          (10...12).map {
            UsageRequest(accessToken: Secret("token-acc-\($0)"), chatGPTAccountID: "chatgpt-acc-\($0)", route: .direct)
          }))
    // One session for the refresh and one for each flight.
    #expect(bench.store.sessionCounts == SessionCounts(opened: 4, open: 0))
    await bench.expectAtRest()
  }

  @Test("a scope limits what is refreshed and counted")
  func scope() async throws {
    let bench = RefreshBench(accounts: 5)
    let scope = AccountScope.only([AccountID("acc-11"), AccountID("acc-13"), AccountID("nobody")])
    let report = try await bench.coordinator.refresh(scope)
    #expect(report.outcomes.map(\.accountID.rawValue) == ["acc-11", "acc-13"] && report.accountCount == 2)
    #expect(Set(bench.upstream.askedFor) == ["chatgpt-acc-11", "chatgpt-acc-13"])
    let nothing = try await bench.coordinator.refresh(.only([]))
    #expect(nothing.accountCount == 0 && nothing.outcomes.isEmpty && !nothing.usageWritten)
  }

  @Test(
    "fifty refreshes of twenty stale accounts ask upstream twenty times",
    arguments: [nil, [], [.init(limitName: "x", meteredFeature: nil, primary: .init(usedPercent: 1), secondary: nil)]]
      as [[UsagePayload.AdditionalLimit]?])
  func sharedFetches(additional: [UsagePayload.AdditionalLimit]?) async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 20, gate: gate)
    bench.upstream.answer(.payload(UsagePayload(primary: .init(usedPercent: 5), additional: additional)))
    let refreshes = (0..<50).map { _ in bench.start() }
    await gate.arrivals(16)
    await until { bench.coordinator.statistics.flights.waiters == 1_000 }
    gate.open()
    for refresh in refreshes {
      let report = try await refresh.value
      // Rows of a joined flight count as written for everybody who joined.
      #expect(report.usageWritten && report.results.allSatisfy { $0 == .written })
    }
    #expect(bench.upstream[\.requests].count == 20)
    #expect(bench.store[\.writes].count == 20)
    #expect(bench.coordinator.statistics.flights.started == 20)
    #expect(bench.coordinator.statistics.flights.joined == 980)
    // Whoever comes afterwards asks nobody.
    let later = try await bench.coordinator.refresh(.all)
    #expect(later.results.allSatisfy { $0 == .fresh } && !later.usageWritten)
    #expect(later.outcomes.allSatisfy { $0.observedAt == .at(1_000_000) })
    #expect(bench.upstream[\.requests].count == 20)
    await bench.expectAtRest()
  }

  @Test("refreshes that start at any moment never fetch an account twice")
  func staggeredRefreshes() async throws {
    let bench = RefreshBench(accounts: 20)
    try await withThrowingTaskGroup(of: RefreshReport.self) { group in
      for _ in 0..<50 { group.addTask { try await bench.coordinator.refresh(.all) } }
      for try await report in group {
        #expect(report.results.allSatisfy { $0 == .written || $0 == .fresh })
        #expect(report.usageWritten == report.results.contains(.written))
      }
    }
    #expect(bench.upstream[\.requests].count == 20)
    await bench.expectAtRest()
  }

  @Test("a cancelled caller returns at once, and its refresh runs to the end")
  func cancelledCaller() async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 40, gate: gate)
    let refresh = bench.start()
    await gate.arrivals(16)
    refresh.cancel()
    await #expect(throws: RefreshRefusal.self) { try await refresh.value }
    // Nobody listens, and still everything goes on: also the accounts that had no slot yet.
    #expect(bench.coordinator.statistics.refreshes.inFlight == 1)
    #expect(bench.store.sessionCounts.open == 17)
    gate.open()
    await bench.expectAtRest()
    #expect(bench.store[\.writes].count == 40)
    #expect(bench.store.sessionCounts == SessionCounts(opened: 41, open: 0))
  }

  @Test("a cancelled caller is told so, and others keep their report")
  func cancelledAmongOthers() async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 2, gate: gate)
    let first = bench.start()
    await gate.arrivals(2)
    let second = bench.start()
    await until { bench.coordinator.statistics.flights.waiters == 4 }
    first.cancel()
    do {
      _ = try await first.value
      Issue.record("a cancelled caller gets no report")
    } catch RefreshRefusal.waitCancelled {}
    gate.open()
    #expect(try await second.value.results == [.written, .written])
    #expect(bench.upstream[\.requests].count == 2)
    await bench.expectAtRest()
  }

  @Test("no more fetches run at once than the limit says, nor more sessions", arguments: [1, 3, 16])
  func concurrencyLimit(limit: Int) async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 50, gate: gate, settings: .init(concurrentFetches: limit))
    let halves = [0..<25, 25..<50].map { range in
      bench.start(.only(Set(range.map { AccountID("acc-\($0 + 10)") })))
    }
    await gate.arrivals(limit)
    gate.letThrough(limit)
    await gate.arrivals(2 * limit)
    gate.open()
    for half in halves { _ = try await half.value }
    #expect(bench.upstream[\.most] == limit)
    #expect(bench.store[\.mostSessions] <= limit + 2)
    #expect(bench.upstream[\.requests].count == 50)
    await bench.expectAtRest()
  }

  @Test("other settings hold for the next decision, also in a refresh that runs")
  func newSettings() async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 3, gate: gate, settings: .init(concurrentFetches: 1))
    let refresh = bench.start()
    await gate.arrivals(1)
    bench.coordinator.apply(RefreshSettings(concurrentFetches: 2))
    await gate.arrivals(2)
    bench.coordinator.apply(RefreshSettings(isEnabled: false))
    gate.open()
    #expect(try await refresh.value.results.sorted { $0.rawValue < $1.rawValue } == [.skipped, .written, .written])
    bench.coordinator.apply(RefreshSettings(interval: .seconds(3_600)))
    bench.clock.advance(by: .seconds(100))
    #expect(try await bench.coordinator.refresh(.all).results.count { $0 == .fresh } == 2)
    bench.coordinator.apply(RefreshSettings(interval: .seconds(99)))
    #expect(try await bench.coordinator.refresh(.all).results.count { $0 == .written } == 2)
    #expect(bench.coordinator.settings == RefreshSettings(interval: .seconds(99)))
    await bench.expectAtRest()
  }

  @Test("a fresh account does not wait for a slot")
  func freshNeedsNoSlot() async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 3, gate: gate, settings: .init(concurrentFetches: 1))
    bench.store.change { state in
      let row = UsageSample.row(at: 1_000_000 - 10)
      state.candidates[AccountID("acc-12")]?.latest.primary = row
      state.candidates[AccountID("acc-12")]?.additionalRecordedAt = row.recordedAt
    }
    let stale = bench.start(.only([AccountID("acc-10"), AccountID("acc-11")]))
    await gate.arrivals(1)
    // The only slot is held and another account queues for it.
    let fresh = try await bench.coordinator.refresh(.only([AccountID("acc-12")]))
    #expect(fresh.results == [.fresh] && fresh.outcomes[0].observedAt == .at(1_000_000 - 10))
    #expect(bench.upstream[\.requests].count == 1)
    gate.open()
    #expect(try await stale.value.results == [.written, .written])
    await bench.expectAtRest()
  }

  @Test("an account that became fresh while its flight queued is not asked for")
  func freshInsideFlight() async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 2, gate: gate, settings: .init(concurrentFetches: 1))
    let refresh = bench.start()
    await gate.arrivals(1)
    await until { bench.coordinator.statistics.flights.inFlight == 2 }
    let asked = try #require(bench.upstream.askedFor.first)
    let other = asked == "chatgpt-acc-10" ? "acc-11" : "acc-10"
    bench.store.change { state in
      let row = UsageSample.row(at: 1_000_000)
      state.candidates[AccountID(other)]?.latest.primary = row
      state.candidates[AccountID(other)]?.additionalRecordedAt = row.recordedAt
    }
    gate.open()
    let report = try await refresh.value
    #expect(report.outcomes.first { $0.accountID.rawValue == other }?.result == .fresh)
    #expect(bench.upstream[\.requests].count == 1)
    await bench.expectAtRest()
  }

  @Test("more refreshes than the limit are overloaded and open no session")
  func refreshLimit() async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 1, gate: gate, limits: .init(refreshes: 2))
    let running = [bench.start(), bench.start()]
    await until { bench.coordinator.statistics.flights.waiters == 2 }
    let opened = bench.store.sessionCounts.opened
    do {
      _ = try await bench.coordinator.refresh(.all)
      Issue.record("a third refresh is too many")
    } catch RefreshRefusal.overloaded {}
    #expect(bench.store.sessionCounts.opened == opened)
    gate.open()
    for refresh in running { _ = try await refresh.value }
    await bench.expectAtRest()
  }

  @Test("accounts beyond the limit of flights are reported as overloaded")
  func flightLimit() async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 3, gate: gate, limits: .init(flights: 2))
    let refresh = bench.start()
    await gate.arrivals(2)
    let asked = Set(bench.upstream.askedFor)
    let third = try #require(["acc-10", "acc-11", "acc-12"].first { !asked.contains("chatgpt-\($0)") })
    #expect(
      try await bench.coordinator.refresh(.only([AccountID(third)])).outcomes
        == [RefreshOutcome(accountID: AccountID(third), result: .failed, reason: .overloaded)])
    gate.open()
    #expect(try await refresh.value.outcomes.count == 3)
    await bench.expectAtRest()
  }

  @Test("every refresh that ended is told with its counts")
  func observed() async throws {
    let bench = RefreshBench(accounts: 2)
    bench.upstream.answer(.failure(UpstreamFailure(.timedOut)), for: "acc-11")
    _ = try await bench.coordinator.refresh(.all)
    guard case .refreshEnded(let id, let accounts, let outcomes, _) = bench.observer.events.last else {
      throw Unexpected("the end is told")
    }
    #expect(id.description == "refresh-1" && accounts == 2 && outcomes == [.written: 1, .failed: 1])
  }
}
