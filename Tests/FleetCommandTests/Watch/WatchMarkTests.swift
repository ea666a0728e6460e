import Testing

@testable import FleetClient
@testable import FleetCommand

@Suite("The marks of a live view", .timeLimit(.minutes(1)))
struct WatchMarkTests {
  @Test("tell what became of each account")
  func outcomes() throws {
    let result = try Fleets.decodedRefresh(Fleets.refresh(Fleets.outcomes))
    let ids = ["a7", "a6", "a5", "a4", "a3", "a2", "a1", "unknown"]
    let marks = WatchMark.marks(of: ids, in: .ended(result, until: nil))
    #expect(marks == [.failed, .failed, .none, .failed, .delayed, .fresh, .done, .none])
    #expect(WatchMark.marks(of: ["a1", "a2"], in: .none) == [.none, .none])
  }

  /// Looked for in all outcomes each, they would take minutes.
  @Test("of very many accounts are found in no time")
  func many() throws {
    let instant = try #require(FleetClient.Instant(rfc3339: "2026-11-24T12:00:00Z"))
    let ids = (0..<100_000).map { "account-\($0)" }
    let outcomes = ids.map { FleetClient.Outcome(accountID: $0, kind: .written) }
    let result = FleetClient.RefreshResult(
      usageWritten: true, accountCount: 0, attemptedCount: 0, generatedAt: instant, outcomes: outcomes)
    #expect(WatchMark.marks(of: ids, in: .ended(result, until: nil)).allSatisfy { $0 == .done })
  }
}
