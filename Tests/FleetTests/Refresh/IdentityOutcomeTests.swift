import FleetTestSupport
import Testing

@testable import Fleet

@Suite("Identities over several answers", .timeLimit(.minutes(5)))
struct IdentityOutcomeTests {
  let bench = RefreshBench(accounts: 1)
  let id = AccountID("acc-10")

  private func answer(_ plan: String?, workspace: String? = nil) {
    bench.upstream.answer(
      .payload(UsagePayload(planType: plan, workspaceID: workspace, primary: .init(usedPercent: 1))))
  }

  /// What comes of the next refresh after the interval.
  private func next() async throws -> RefreshOutcome {
    bench.clock.advance(by: .seconds(60))
    return try await bench.onlyOutcome()
  }

  @Test("a paid account becomes free at the second answer in a row, and not before")
  func downgrade() async throws {
    answer("free")
    #expect(
      try await bench.onlyOutcome() == RefreshOutcome(accountID: id, result: .rejected, reason: .identityUnverified))
    #expect(bench.store[\.writes].isEmpty && bench.store[\.candidates][id]?.account.plan == Plan("plus"))
    #expect(try await next().result == .written)
    #expect(bench.store[\.writes].last?.metadata?.planType == "free" && bench.store[\.downgrades].isEmpty)
  }

  @Test("a paid plan in between starts the count anew", arguments: ["plus", "pro"])
  func contradicted(plan: String) async throws {
    answer("free")
    #expect(try await bench.onlyOutcome().reason == .identityUnverified)
    answer(plan)
    #expect(try await next().result == .written)
    answer("free")
    #expect(try await next().reason == .identityUnverified)
    #expect(try await next().result == .written)
  }

  @Test("an answer that names no plan, or an unknown one, neither confirms nor contradicts", arguments: [nil, "gold"])
  func silence(plan: String?) async throws {
    answer("free")
    #expect(try await bench.onlyOutcome().reason == .identityUnverified)
    answer(plan)
    #expect(try await next().result == (plan == nil ? .written : .rejected))
    answer("free")
    #expect(try await next().result == .written)
  }

  @Test("the same answer within the interval is not asked for again, and counts once")
  func onceAnInterval() async throws {
    answer("free")
    for _ in 0..<3 { #expect(try await bench.onlyOutcome().reason == .identityUnverified) }
    #expect(bench.store[\.downgrades][id] == 1)
  }

  @Test("an account without a workspace takes over the one that is named")
  func adopts() async throws {
    answer("plus", workspace: "w")
    #expect(try await bench.onlyOutcome().result == .written)
    #expect(bench.store[\.candidates][id]?.account.workspaceID == "w")
    answer("plus", workspace: "v")
    let other = try await next()
    #expect(other.result == .rejected && other.reason == .identityMismatch)
  }

  @Test("a workspace that another account of the login has is not taken over, and nothing is written")
  func taken() async throws {
    bench.store.change { $0.takenWorkspaces = ["w"] }
    answer("plus", workspace: "w")
    #expect(try await bench.onlyOutcome() == RefreshOutcome(accountID: id, result: .rejected, reason: .workspaceTaken))
    #expect(bench.store[\.writes].isEmpty)
  }

  @Test("fresh usage lifts a limit, with what was read as the condition")
  func recovery() async throws {
    bench.store.change {
      $0.candidates[id]?.account.status = .rateLimited
      $0.candidates[id]?.deactivationReason = "old"
    }
    answer("plus")
    #expect(try await bench.onlyOutcome().result == .written)
    let recovery = try #require(bench.store[\.writes].first?.recovery)
    #expect(recovery.expected.status == .rateLimited && recovery.expected.deactivationReason == "old")
    #expect(bench.store[\.candidates][id]?.account.status == .active)
  }
}
