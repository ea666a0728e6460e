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
      ("upstream_", "failed: upstream"), ("x\u{1B}[2J", "failed: x?[2J"), ("deactivated", "failed: deactivated"),
      ("reauth_required", "failed: sign in again"), ("", "failed: "),
    ])
  func reasons(reason: String, words: String) throws {
    var outcome = try #require(try Fleets.decodedRefresh(Fleets.refresh(Fleets.outcomes)).outcomes.last)
    outcome.reason = reason
    #expect(outcome.words(now: TestConsole.now) == words)
  }

  @Test("counts outcomes it does not know, too")
  func unknown() throws {
    let outcomes = [#"{"accountId":"a","outcome":"postponed"}"#, #"{"accountId":"b","outcome":"fresh"}"#]
    let result = try Fleets.decodedRefresh(Fleets.refresh(outcomes))
    #expect(
      RefreshTable(result, names: [:], style: .plain, now: TestConsole.now).footer == "\n1 fresh, 1 postponed\n")
  }
}
