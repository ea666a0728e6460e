import FleetClient
import Testing

@testable import FleetCommand

@Suite("The progress of a refresh")
struct RefreshProgressTests {
  @Test("is an account's new sample, and left out is who is out of use", arguments: [(6, "-6"), (10, "")])
  func lines(rows: Int, name: String) throws {
    var progress = RefreshProgress(try Fleets.decodedSummary(Fleets.mixed).accounts)
    #expect(progress.tally == (0, 4))
    let account = Fleets.account(
      "a2", name: "anna.maria.with.a.long.name@example.com", primary: Fleets.window(7, nil, 300),
      sample: "2026-11-24T12:00:01Z")
    progress.apply(try Fleets.decodedSummary(Fleets.summary(account)).accounts)
    let style = Style.terminal(columns: 80, usesColor: false)
    let lines = progress.lines(after: .seconds(4), style: style, atMost: rows).map(\.plain)
    #expect(lines.count <= rows)
    try Snapshot.expect(lines.joined(separator: "\n") + "\n", "refresh-progress\(name)")
  }

  @Test("does not take any change for a new sample")
  func otherChanges() throws {
    var progress = RefreshProgress(try accounts(status: "active", sample: "2026-11-24T11:57:00Z"))
    progress.apply(try accounts(status: "rate_limited", sample: "2026-11-24T11:57:00Z"))
    #expect(progress.step(of: "a") == .waiting)
    progress.apply(try accounts(status: "rate_limited", sample: "2026-11-24T11:57:00.5Z"))
    #expect(progress.step(of: "a") == .done)
    #expect(progress.step(of: "b") == nil)
  }

  @Test("of an account that was never looked at is its first sample")
  func firstSample() throws {
    var progress = RefreshProgress(try accounts(status: "active", sample: nil))
    progress.apply(try accounts(status: "active", sample: "2026-11-24T11:57:00Z"))
    #expect(progress.step(of: "a") == .done)
  }

  @Test("is the time alone where the key may not see usage")
  func hidden() throws {
    let account = Fleets.account("a", name: "work", primary: Fleets.blank, login: nil, sample: nil)
    let progress = RefreshProgress(try Fleets.decodedSummary(Fleets.summary(account)).accounts)
    let lines = progress.lines(after: .seconds(61), style: .terminal(columns: 80), atMost: 10)
    #expect(lines.map(\.plain) == ["⠋ refreshing 1 min"])
  }

  private func accounts(status: String, sample: String?) throws -> [FleetClient.Account] {
    let account = Fleets.account("a", name: "work", status: status, sample: sample)
    return try Fleets.decodedSummary(Fleets.summary(account)).accounts
  }
}
