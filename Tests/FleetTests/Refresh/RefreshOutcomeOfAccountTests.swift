import FleetTestSupport
import Testing

@testable import Fleet

@Suite("What becomes of one account", .timeLimit(.minutes(5)))
struct RefreshOutcomeOfAccountTests {
  let bench = RefreshBench(accounts: 1)
  let id = AccountID("acc-10")

  @Test("an account is asked for again when the interval has passed")
  func interval() async throws {
    #expect(try await bench.onlyOutcome().result == .written)
    bench.clock.advance(by: .seconds(59))
    #expect(try await bench.onlyOutcome().result == .fresh)
    bench.clock.advance(by: .seconds(1))
    #expect(try await bench.onlyOutcome().result == .written)
    #expect(bench.upstream[\.requests].count == 2)
  }

  @Test("a wall clock that is set back does not keep an account from being refreshed")
  func clockSetBack() async throws {
    #expect(try await bench.onlyOutcome().result == .written)
    bench.clock.setWall(.at(900_000))
    #expect(try await bench.onlyOutcome().result == .fresh)
    bench.clock.advance(by: .seconds(60))
    #expect(try await bench.onlyOutcome().result == .written)
  }

  @Test("a refused login is left alone for 300 s, and told when that ends", arguments: [401, 403])
  func coolDown(status: Int) async throws {
    bench.upstream.answer(.failure(UpstreamFailure(.status(status))))
    let asked = status == 401 ? 2 : 1
    let end = Timestamp.at(1_000_300)
    #expect(
      try await bench.onlyOutcome()
        == RefreshOutcome(accountID: id, result: .failed, reason: .upstreamStatus(status), blockedUntil: end))
    bench.clock.advance(by: .seconds(299))
    #expect(
      try await bench.onlyOutcome()
        == RefreshOutcome(accountID: id, result: .coolingDown, reason: .upstreamStatus(status), blockedUntil: end))
    #expect(bench.upstream[\.requests].count == asked)
    bench.clock.advance(by: .seconds(1))
    bench.upstream.answer(.payload(UsagePayload(primary: .init(usedPercent: 1))))
    #expect(try await bench.onlyOutcome().result == .written)
    #expect(try await bench.onlyOutcome().result == .fresh)
    // Neither status has touched the account.
    #expect(bench.store[\.candidates][id]?.account.status == .active)
    await bench.expectAtRest()
  }

  @Test("a cool-down is measured on the clock that never jumps")
  func coolDownAndWallClock() async throws {
    bench.upstream.answer(.failure(UpstreamFailure(.status(403))))
    _ = try await bench.onlyOutcome()
    bench.clock.setWall(.at(2_000_000))
    let outcome = try await bench.onlyOutcome()
    #expect(outcome.result == .coolingDown && outcome.blockedUntil == .at(2_000_300))
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    var failure: UpstreamFailure
    var reason: String
    var testDescription: String { "\(failure.kind)" }
  }

  @Test(
    "other failures have a reason, and are tried again at the next call",
    arguments: [
      Fault(failure: UpstreamFailure(.status(500)), reason: "upstream_5xx"),
      Fault(failure: UpstreamFailure(.status(503)), reason: "upstream_5xx"),
      Fault(failure: UpstreamFailure(.status(429)), reason: "upstream_429"),
      Fault(failure: UpstreamFailure(.timedOut), reason: "upstream_timeout"),
      Fault(failure: UpstreamFailure(.unreachable), reason: "upstream_unreachable"),
      Fault(failure: UpstreamFailure(.invalidPayload), reason: "upstream_payload_invalid"),
      Fault(failure: UpstreamFailure(.proxyUnreachable), reason: "proxy_unavailable"),
    ])
  func failures(fault: Fault) async throws {
    bench.upstream.answer(.failure(fault.failure))
    let outcome = try await bench.onlyOutcome()
    #expect(outcome == RefreshOutcome(accountID: id, result: .failed, reason: RefreshReason(rawValue: fault.reason)))
    _ = try await bench.onlyOutcome()
    #expect(bench.upstream[\.requests].count == 2 && bench.store[\.writes].isEmpty)
    await bench.expectAtRest()
  }

  @Test("an upstream's wish to be left alone is told")
  func retryAfter() async throws {
    bench.upstream.answer(.failure(UpstreamFailure(.status(429), retryAfter: .seconds(90))))
    #expect(try await bench.onlyOutcome().blockedUntil == .at(1_000_090))
  }

  @Test("a failed refresh keeps telling when the old sample was taken, and never looks like a success")
  func oldSample() async throws {
    bench.store.change { $0.candidates[id]?.latest.secondary = .row(at: 999_000) }
    bench.upstream.answer(.failure(UpstreamFailure(.timedOut)))
    let report = try await bench.coordinator.refresh(.all)
    #expect(!report.usageWritten && report.outcomes[0].result == .failed)
    #expect(report.outcomes[0].observedAt == .at(999_000))
  }

  @Test("without a second look at the accounts the samples of the first still stand")
  func noSecondLook() async throws {
    bench.store.change { state in
      state.candidates[AccountID("acc-10")]?.latest.secondary = .row(at: 999_000)
      state.failures[.snapshot] = StoreError(.busy, "locked")
    }
    let outcome = try await bench.onlyOutcome()
    #expect(outcome.result == .written && outcome.observedAt == .at(999_000))
  }

  @Test("a rejected identity writes nothing, and is repeated without asking while it is fresh")
  func rejected() async throws {
    bench.store.change { $0.candidates[id]?.account.workspaceID = "mine" }
    bench.upstream.answer(.payload(UsagePayload(workspaceID: "other", primary: .init(usedPercent: 1))))
    for _ in 0..<3 {
      let outcome = try await bench.onlyOutcome()
      #expect(outcome == RefreshOutcome(accountID: id, result: .rejected, reason: .identityMismatch))
    }
    #expect(bench.upstream[\.requests].count == 1 && bench.store[\.writes].isEmpty)
    bench.clock.advance(by: .seconds(60))
    _ = try await bench.onlyOutcome()
    #expect(bench.upstream[\.requests].count == 2)
  }

  @Test("a payload without any window is repeated as such while it is fresh")
  func noUsageReported() async throws {
    bench.upstream.answer(.payload(UsagePayload(primary: .init(usedPercent: nil, resetAt: 5), additional: [])))
    for _ in 0..<3 {
      let report = try await bench.coordinator.refresh(.all)
      #expect(report.outcomes == [RefreshOutcome(accountID: id, result: .failed, reason: .noUsageReported)])
      #expect(!report.usageWritten)
    }
    #expect(bench.upstream[\.requests].count == 1)
  }

  @Test("additional rows alone count as written")
  func additionalAlone() async throws {
    let limit = UsagePayload.AdditionalLimit(
      limitName: "x", meteredFeature: nil, primary: .init(usedPercent: 1), secondary: nil)
    bench.upstream.answer(.payload(UsagePayload(additional: [limit])))
    #expect(try await bench.coordinator.refresh(.all).usageWritten)
  }

  @Test("numbers that cannot be stored make the payload invalid")
  func unstorable() async throws {
    bench.upstream.answer(.payload(UsagePayload(primary: .init(usedPercent: 1, resetAt: 1e30))))
    #expect(try await bench.onlyOutcome().reason == .upstreamPayloadInvalid)
    #expect(bench.store[\.writes].isEmpty)
  }

  @Test("an account that may not be refreshed is skipped and not counted as attempted")
  func skipped() async throws {
    bench.store.change { $0.candidates[id]?.account.status = .paused }
    let report = try await bench.coordinator.refresh(.all)
    #expect(report.accountCount == 1 && report.attemptedCount == 0)
    #expect(report.outcomes == [RefreshOutcome(accountID: id, result: .skipped, reason: .status(.paused))])
    #expect(bench.upstream[\.requests].isEmpty)
  }

  @Test("an account that changed while it was asked for is skipped")
  func changedMeanwhile() async throws {
    bench.store.change { $0.changedMeanwhile = [id] }
    let outcome = try await bench.onlyOutcome()
    #expect(outcome == RefreshOutcome(accountID: id, result: .skipped, reason: .changedMeanwhile))
    #expect(bench.store[\.writes].isEmpty)
  }

  @Test(
    "an account that is gone when its turn comes is skipped, and nobody is asked",
    arguments: [InMemoryFleetStore.Place.candidate, .credentials])
  func gone(place: InMemoryFleetStore.Place) async throws {
    bench.store.change { $0.hooks[place] = { $0.candidates[AccountID("acc-10")] = nil } }
    let outcome = try await bench.onlyOutcome()
    #expect(outcome == RefreshOutcome(accountID: id, result: .skipped, reason: .changedMeanwhile))
    #expect(bench.upstream[\.requests].isEmpty)
    await bench.expectAtRest()
  }

  @Test("an account whose login was replaced while the old one was judged keeps the new one")
  func replacedWhileJudged() async throws {
    bench.upstream.answer(.failure(UpstreamFailure(.status(402))))
    bench.store.change { $0.hooks[.retire] = { $0.write("fresh", access: "fresh-access", of: AccountID("acc-10")) } }
    let outcome = try await bench.onlyOutcome()
    #expect(outcome == RefreshOutcome(accountID: id, result: .skipped, reason: .changedMeanwhile))
    #expect(bench.store[\.retirements].isEmpty && bench.store[\.candidates][id]?.account.status == .active)
    #expect(!bench.observer.events.contains { if case .accountRetired = $0 { true } else { false } })
    await bench.expectAtRest()
  }

  @Test("an account bound to a proxy is never asked for directly")
  func proxy() async throws {
    bench.store.change { $0.candidates[id]?.route = nil }
    #expect(try await bench.onlyOutcome().reason == .proxyUnavailable)
    #expect(bench.upstream[\.requests].isEmpty)
  }

  @Test("an account without a token is not asked for")
  func noToken() async throws {
    bench.store.change { $0.write("refresh", access: "", of: id) }
    #expect(try await bench.onlyOutcome().reason == .tokenMissing)
    #expect(bench.upstream[\.requests].isEmpty)
  }

  @Test("a token that does not fit the key fails its account alone")
  func undecryptable() async throws {
    let bench = RefreshBench(accounts: 2)
    bench.store.change { $0.tokenFailures[AccountID("acc-11")] = StoreError(.undecryptable, "does not fit") }
    let report = try await bench.coordinator.refresh(.all)
    #expect(report.results == [.written, .failed] && report.outcomes[1].reason == .tokenUndecryptable)
    await bench.expectAtRest()
  }

  @Test("store errors inside a flight become its outcome", arguments: [InMemoryFleetStore.Place.candidate, .record])
  func storeFails(place: InMemoryFleetStore.Place) async throws {
    bench.store.change { $0.failures[place] = StoreError(.busy, "locked") }
    #expect(try await bench.onlyOutcome().reason == .storeUnavailable)
    guard case .storeFailed(let failed, let error) = bench.observer.events.first else {
      throw Unexpected("the failure is told")
    }
    #expect(failed == id && error.code == .busy)
    bench.store.change { $0.failures = [:] }
    // A write that failed was no successful fetch.
    #expect(try await bench.onlyOutcome().result == .written)
    await bench.expectAtRest()
  }

  @Test(
    "a store that cannot be used at all refuses the refresh",
    arguments: [InMemoryFleetStore.Place.openSession, .candidates])
  func storeRefuses(place: InMemoryFleetStore.Place) async throws {
    bench.store.change { $0.failures[place] = StoreError(.missing, "gone") }
    do {
      _ = try await bench.coordinator.refresh(.all)
      Issue.record("there is no report without accounts")
    } catch RefreshRefusal.storeUnavailable(let error) {
      #expect(error.code == .missing)
    }
    guard case .refreshFailed = bench.observer.events.last else { throw Unexpected("the failure is told") }
    await bench.expectAtRest()
  }

  @Test("a flight that cannot open its session fails alone")
  func sessionRefused() async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 2, gate: gate, settings: .init(concurrentFetches: 1))
    let refresh = bench.start()
    await gate.arrivals(1)
    bench.store.change { $0.failures[.openSession] = StoreError(.readOnly, "read-only") }
    gate.open()
    let report = try await refresh.value
    #expect(Set(report.results) == [.written, .failed])
    #expect(report.outcomes.first { $0.result == .failed }?.reason == .storeUnavailable)
    await bench.expectAtRest()
  }
}
