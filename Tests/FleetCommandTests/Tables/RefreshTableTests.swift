import FleetClient
import Testing

@testable import FleetCommand

@Suite("The refresh's table")
struct RefreshTableTests {
  @Test(
    "looks as stored",
    arguments: [
      ("refresh-120", Style.terminal(columns: 120, usesColor: false)), ("refresh-120-color", .terminal(columns: 120)),
      ("refresh-80", .terminal(columns: 80, usesColor: false)), ("refresh-piped", .plain),
    ])
  func snapshot(name: String, style: Style) throws {
    let names = ["a1": "work", "a2": "anna.maria.with.a.long.name@example.com", "a3": "山田太郎", "a4": "bad\u{1B}name"]
    let table = RefreshTable(
      try Fleets.decodedRefresh(Fleets.refresh(Fleets.outcomes)), names: names, style: style, now: TestConsole.now)
    try Snapshot.expect(table.text + table.footer, name)
  }

  @Test(
    "says why in words",
    arguments: [
      ("upstream_timeout", "failed: upstream timed out"), ("upstream_403", "failed: upstream answered 403"),
      ("upstream_5xx", "failed: upstream has trouble of its own"), ("brand_new_reason", "failed: brand new reason"),
      ("upstream_", "failed: upstream"), ("x\u{1B}[2J", "failed: x?[2J"), ("", "failed: "),
      ("deactivated", "failed: the provider has just deactivated it"),
      ("reauth_required", "failed: its login has just been ended, sign in again"),
      ("exchange_400", "failed: the login service answered 400"),
      ("exchange_5xx", "failed: the login service has trouble of its own"),
      ("exchange_timeout", "failed: the login service timed out"),
      ("exchange_unreachable", "failed: the login service cannot be reached"),
      ("exchange_payload_invalid", "failed: the login service's answer makes no sense"),
      ("exchange_claimed", "failed: another program is renewing its login"),
      ("token_missing", "failed: it has no stored login"),
      ("token_undecryptable", "failed: its stored login cannot be decrypted"),
      ("proxy_unavailable", "failed: its proxy cannot be used"),
    ])
  func reasons(reason: String, words: String) throws {
    #expect(try outcome("failed", reason).words(now: TestConsole.now) == words)
  }

  @Test(
    "says why an account was not asked, or its answer not taken",
    arguments: [
      ("skipped", "refresh_disabled", "skipped: refreshes are switched off"),
      ("skipped", "paused", "skipped: paused"), ("skipped", "reauth_required", "skipped: sign in again"),
      ("skipped", "deactivated", "skipped: the provider has deactivated it"),
      ("rejected", "identity_unverified", "rejected: its plan seems free now, which has to be seen twice"),
      ("rejected", "workspace_taken", "rejected: another account has its workspace"),
      ("coolingDown", "exchange_403", "cooling down: the login service answered 403"),
    ])
  func otherReasons(kind: String, reason: String, words: String) throws {
    #expect(try outcome(kind, reason).words(now: TestConsole.now) == words)
  }

  @Test(
    "promises a next try only after a cool-down; what the upstream asks for is told as its wish",
    arguments: [
      ("coolingDown", "2026-11-24T12:04:00Z", "cooling down; next try in 4 min"),
      ("failed", "2026-11-24T13:00:00Z", "failed; upstream asks to wait 1 h"),
      ("coolingDown", "2026-11-24T12:00:00Z", "cooling down"), ("failed", "2026-11-24T11:00:00Z", "failed"),
      ("postponed", "2026-11-24T12:04:00Z", "postponed"),
    ])
  func waiting(kind: String, until: String, words: String) throws {
    #expect(try outcome(kind, nil, until: until).words(now: TestConsole.now) == words)
  }

  @Test(
    "says who wants the pause after a failure: the daemon where the login was refused, else the upstream",
    arguments: [
      ("upstream_401", "failed: upstream answered 401; left alone for 5 min"),
      ("upstream_403", "failed: upstream answered 403; left alone for 5 min"),
      ("exchange_5xx", "failed: the login service has trouble of its own; left alone for 5 min"),
      ("upstream_429", "failed: upstream answered 429; upstream asks to wait 5 min"),
      ("upstream_5xx", "failed: upstream has trouble of its own; upstream asks to wait 5 min"),
    ])
  func pauses(reason: String, words: String) throws {
    let outcome = try outcome("failed", reason, until: "2026-11-24T12:05:00Z")
    #expect(outcome.words(now: TestConsole.now) == words)
  }

  @Test(
    "says how to sign in again where an account needs it, and only there",
    arguments: [("skipped", "reauth_required"), ("failed", "reauth_required"), ("failed", "token_missing")])
  func login(kind: String, reason: String) throws {
    let healthy = #"{"accountId":"a","outcome":"failed","reason":"upstream_401"}"#
    let needy = #"{"accountId":"b","outcome":"\#(kind)","reason":"\#(reason)"}"#
    let advice = "To sign in again:\n  CODEX_HOME=DIR codex login && codex-fleetd account import"
    #expect(try footer([healthy, needy]).contains(advice))
    #expect(try !footer([healthy]).contains(advice))
  }

  @Test("counts outcomes it does not know, too")
  func unknown() throws {
    let outcomes = [#"{"accountId":"a","outcome":"postponed"}"#, #"{"accountId":"b","outcome":"fresh"}"#]
    #expect(try footer(outcomes) == "\n1 fresh, 1 postponed\n")
  }

  private func outcome(_ kind: String, _ reason: String?, until: String? = nil) throws -> FleetClient.Outcome {
    let json = #"{"accountId":"a","outcome":"\#(kind)"}"#
    var outcome = try #require(try Fleets.decodedRefresh(Fleets.refresh([json])).outcomes.first)
    outcome.reason = reason
    outcome.blockedUntil = until.flatMap(FleetClient.Instant.init(rfc3339:))
    return outcome
  }

  private func footer(_ outcomes: [String]) throws -> String {
    let result = try Fleets.decodedRefresh(Fleets.refresh(outcomes))
    return RefreshTable(result, names: [:], style: .plain, now: TestConsole.now).footer
  }
}
