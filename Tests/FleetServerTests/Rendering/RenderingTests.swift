import Fleet
import JSONRPC
import Testing

@testable import FleetServer

@Suite("Results as bytes")
struct RenderingTests {
  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The line that answers a summary call.
  static func line(_ look: FleetLook) -> [UInt8] {
    AnswerLine.summary(id: .integer(1), FleetRendering(look), at: look.now).bytes
  }

  private let early = Timestamp("2026-01-02T03:04:05.250000Z")

  @Test("a summary has its fields in order; what is unknown is null, a fraction only where there is one")
  func summary() {
    let plus = Account(
      id: "a", email: "a@example.com", alias: "Ä \"1\"", plan: Plan("plus"), status: .active, tokensRefreshedAt: early)
    let free = Account(id: "b", email: "b@example.com", plan: Plan("free"), status: .paused)
    let look = StubFleet.look([
      AccountRecord(
        account: plus,
        latest: LatestUsage(
          primary: UsageSample(recordedAt: early, usedPercent: 37.5, resetAt: 4_102_444_800, windowMinutes: 300),
          secondary: UsageSample(recordedAt: early, usedPercent: 20))),
      AccountRecord(account: free, latest: LatestUsage()),
    ])
    let none = #"{"remainingPercent":null,"resetAt":null,"windowMinutes":null}"#
    #expect(
      text(Self.line(look)) == #"{"jsonrpc":"2.0","id":1,"result":{"accounts":["#
        + #"{"accountId":"a","displayName":"Ä \"1\"","email":"a@example.com","#
        + #""status":"active","planType":"plus","#
        + #""primary":{"remainingPercent":62.5,"resetAt":"2100-01-01T00:00:00Z","windowMinutes":300},"#
        + #""secondary":{"remainingPercent":80.0,"resetAt":null,"windowMinutes":null},"#
        + #""monthly":\#(none),"lastRefreshAt":"2026-01-02T03:04:05.250000Z","#
        + #""usageRefreshedAt":"2026-01-02T03:04:05.250000Z"},"#
        + #"{"accountId":"b","displayName":"b@example.com","email":"b@example.com","status":"paused","#
        + #""planType":"free","primary":\#(none),"secondary":\#(none),"monthly":\#(none),"#
        + #""lastRefreshAt":null,"usageRefreshedAt":null}],"generatedAt":"2026-01-02T03:04:05Z"}}"# + "\n")
  }

  @Test("a refresh has its fields in order; what an outcome does not have is left out")
  func refresh() {
    let report = RefreshReport(
      usageWritten: true, accountCount: 3, attemptedCount: 2, generatedAt: StubFleet.instant,
      outcomes: [
        RefreshOutcome(accountID: "a", result: .written, observedAt: early),
        RefreshOutcome(
          accountID: "b", result: .coolingDown, reason: .upstreamStatus(403), observedAt: early,
          blockedUntil: StubFleet.instant),
        RefreshOutcome(accountID: "c", result: .skipped, reason: .status(.paused)),
      ])
    #expect(
      text(report.json()) == #"{"ok":true,"usageWritten":true,"accountCount":3,"attemptedCount":2,"#
        + #""generatedAt":"2026-01-02T03:04:05Z","outcomes":["#
        + #"{"accountId":"a","outcome":"written","observedAt":"2026-01-02T03:04:05.250000Z"},"#
        + #"{"accountId":"b","outcome":"coolingDown","reason":"upstream_403","#
        + #""observedAt":"2026-01-02T03:04:05.250000Z","blockedUntil":"2026-01-02T03:04:05Z"},"#
        + #"{"accountId":"c","outcome":"skipped","reason":"paused"}]}"#)
  }

  @Test("health tells the version, and that the daemon drains")
  func health() {
    #expect(
      text(DaemonHealth(isDraining: true, version: "1.0 \"b\"").json())
        == #"{"status":"draining","version":"1.0 \"b\"","protocolVersion":1}"#)
  }
}
