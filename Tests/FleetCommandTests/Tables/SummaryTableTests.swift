import FleetClient
import Testing

@testable import FleetCommand

@Suite("The summary's table")
struct SummaryTableTests {
  @Test(
    "looks as stored",
    arguments: [
      ("summary-200", Style.terminal(columns: 200, usesColor: false)),
      ("summary-200-color", .terminal(columns: 200)),
      ("summary-120", .terminal(columns: 120, usesColor: false)),
      ("summary-80", .terminal(columns: 80, usesColor: false)),
      ("summary-80-ascii", .terminal(columns: 80, usesColor: false, usesUnicode: false)),
      ("summary-120-ascii", .terminal(columns: 120, usesColor: false, usesUnicode: false)),
      ("summary-40", .terminal(columns: 40, usesColor: false)),
      ("summary-piped", .plain),
    ])
  func snapshot(name: String, style: Style) throws {
    try Snapshot.expect(text(Fleets.mixed, style), name)
  }

  @Test("has a month where an account is counted by month, and only there")
  func month() throws {
    try Snapshot.expect(text(Fleets.monthly, .terminal(columns: 120, usesColor: false)), "summary-month")
    #expect(try !text(Fleets.mixed, .plain).contains("MONTH"))
  }

  @Test("never has a line that is wider than the terminal", arguments: 40...220)
  func width(columns: Int) throws {
    for fleet in [Fleets.mixed, Fleets.monthly] {
      let table = SummaryTable(
        try Fleets.decodedSummary(fleet), style: .terminal(columns: columns, usesColor: false), now: TestConsole.now)
      for line in table.text.split(separator: "\n") {
        #expect(DisplayWidth.of(line) <= columns)
      }
    }
  }

  @Test("gives every column the same place in all lines, whatever the names are made of")
  func alignment() throws {
    let lines = try text(Fleets.mixed, .terminal(columns: 200, usesColor: false)).split(separator: "\n").prefix(8)
    let words = [
      "STATUS", "active", "rate limited", "active", "quota exceeded", "sign in again", "paused", "deactivated",
    ]
    let places = zip(lines, words).map { line, word in
      line.firstRange(of: word).map { DisplayWidth.of(line[..<$0.lowerBound]) }
    }
    #expect(Set(places).count == 1)
    #expect(places.first != .some(nil))
  }

  @Test("shortens the bars first, then drops the sample's age")
  func layouts() throws {
    func table(_ columns: Int) throws -> String {
      try text(Fleets.monthly, .terminal(columns: columns, usesColor: false))
    }
    let wide = try table(200)
    #expect(wide.contains("████████████████░░░░ 82 %") && wide.contains("SAMPLE"))
    let narrower = try table(110)
    #expect(narrower.contains("░ 82 %") && !narrower.contains("████████████████░░░░") && narrower.contains("SAMPLE"))
    let narrow = try table(72)
    #expect(!narrow.contains("█") && !narrow.contains("SAMPLE") && narrow.contains("in 2 h 14 min"))
  }

  @Test(
    "names a window after its length",
    arguments: [
      (300, "5-HOUR"), (60, "HOUR"), (1_440, "DAY"), (10_080, "WEEK"), (20_160, "14-DAY"), (43_200, "MONTH"),
      (299, "299-MIN"), (720, "12-HOUR"), (0, "0-MIN"), (-60, "-60-MIN"),
    ])
  func titles(minutes: Int, title: String) throws {
    let fleet = Fleets.summary(
      Fleets.account("a", name: "work", primary: Fleets.window(50, nil, minutes)),
      Fleets.account("b", name: "blank", primary: Fleets.blank))
    #expect(try text(fleet, .plain).split(separator: " ").dropFirst(3).first == title[...])
  }

  @Test("claims no length where the accounts' windows differ")
  func mixedLengths() throws {
    let fleet = Fleets.summary(
      Fleets.account("a", name: "work", primary: Fleets.window(50, nil, 300)),
      Fleets.account("b", name: "home", primary: Fleets.window(50, nil, 360)))
    #expect(try text(fleet, .plain).contains("STATUS  SHORT  WEEK"))
  }

  @Test("writes nothing that steers the terminal")
  func neutral() throws {
    let piped = try text(Fleets.mixed, .plain)
    #expect(piped.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    #expect(!piped.unicodeScalars.contains("\u{202E}"))
    #expect(piped.contains("bad?[31m?na?me"))
  }

  @Test("is plain ASCII apart from names when nobody looks")
  func plain() throws {
    #expect(try text(Fleets.summary(Fleets.account("a", name: "work")), .plain).utf8.allSatisfy { $0 < 128 })
  }

  private func text(_ json: String, _ style: Style) throws -> String {
    let summary = try Fleets.decodedSummary(json)
    return SummaryTable(summary, style: style, now: TestConsole.now).text
      + SummaryFooter(summary, style: style, isNarrowed: false).text
  }
}

@Suite("The summary's closing line")
struct SummaryFooterTests {
  @Test("counts the accounts and names the lowest share among the usable ones")
  func counts() throws {
    #expect(
      try footer(Fleets.mixed, .terminal(columns: 80))
        == "\n7 accounts · 2 usable · lowest 45 % (山田太郎) · as of 12:00:00 UTC\n")
    #expect(
      try footer(Fleets.summary(Fleets.account("a", name: "work")), .plain)
        == "\n1 account, 1 usable, lowest 64 % (work), as of 12:00:00 UTC\n")
  }

  @Test("says so when the key may not see usage")
  func hidden() throws {
    let account = Fleets.account(
      "a", name: "work", primary: Fleets.blank, secondary: Fleets.blank, login: nil, sample: nil)
    #expect(try footer(Fleets.summary(account), .plain).hasSuffix("UTC\nThis key may not see usage.\n"))
  }

  @Test("says what to do when there is no usage yet")
  func none() throws {
    let account = Fleets.account("a", name: "work", primary: Fleets.blank, secondary: Fleets.blank, sample: nil)
    #expect(try footer(Fleets.summary(account), .plain).hasSuffix("have it asked for with: codex-fleet refresh\n"))
  }

  @Test("says what to do when there are no accounts")
  func empty() throws {
    #expect(try footer(Fleets.summary(), .plain).contains("codex-fleetd account import"))
    #expect(try footer(Fleets.summary(), .plain, isNarrowed: true).contains("leave --account out"))
  }

  private func footer(_ json: String, _ style: Style, isNarrowed: Bool = false) throws -> String {
    SummaryFooter(try Fleets.decodedSummary(json), style: style, isNarrowed: isNarrowed).text
  }
}
