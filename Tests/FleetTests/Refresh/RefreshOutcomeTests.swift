import Testing

@testable import Fleet

@Suite("Refresh outcomes")
struct RefreshOutcomeTests {
  @Test("the published words")
  func words() {
    #expect(
      RefreshOutcome.Result.allCases.map(\.rawValue)
        == ["written", "fresh", "coolingDown", "skipped", "rejected", "failed"])
  }

  @Test(
    "HTTP statuses as reasons",
    arguments: [
      (401, "upstream_401"), (403, "upstream_403"), (429, "upstream_429"), (500, "upstream_5xx"),
      (599, "upstream_5xx"), (499, "upstream_499"), (600, "upstream_600"),
    ])
  func statuses(status: Int, code: String) { #expect(RefreshReason.upstreamStatus(status).rawValue == code) }

  @Test("a skipped account's reason is its status")
  func skipped() { #expect(RefreshReason.status(.reauthRequired).rawValue == "reauth_required") }
}
