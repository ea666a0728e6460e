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

  @Test("looks as stored for what many have", arguments: [60, 80, 100, 120, 160])
  func everyday(columns: Int) throws {
    try Snapshot.expect(
      text(Fleets.everyday, .terminal(columns: columns, usesColor: false)), "summary-everyday-\(columns)")
  }

  @Test("has a month in the long window's column where people read, marked as one among weeks")
  func month() throws {
    let style = Style.terminal(columns: 120, usesColor: false)
    try Snapshot.expect(text(Fleets.monthly, style), "summary-month")
    let free = Fleets.account(
      "a", name: "trial", primary: Fleets.blank, secondary: Fleets.blank, monthly: Fleets.window(50, nil, 43_200))
    let onlyMonths = try text(Fleets.summary(free), style)
    #expect(onlyMonths.contains("STATUS  5-HOUR  MONTH") && !onlyMonths.contains("(month)"))
    let both = Fleets.account("a", name: "both", monthly: Fleets.window(50, nil, 43_200))
    #expect(try titles(text(Fleets.summary(both), style)).contains(["WEEK", "MONTH"]))
  }

  @Test(
    "has the same columns for other programs, whatever the accounts are",
    arguments: [
      Fleets.mixed, Fleets.monthly, Fleets.everyday, Fleets.summary(Fleets.account("a", name: "work")),
    ])
  func stable(fleet: String) throws {
    #expect(try titles(text(fleet, .plain)) == ["ACCOUNT", "PLAN", "STATUS", "5-HOUR", "WEEK", "MONTH", "SAMPLE"])
  }

  @Test(
    "never has a line that is wider than the terminal, and never shows less where the terminal is wider",
    arguments: [Fleets.monthly, Fleets.everyday, Fleets.widest])
  func monotone(fleet: String) throws {
    var narrower = ShownTable("")
    for columns in 40...200 {
      let text = try table(fleet, columns: columns)
      #expect(text.split(separator: "\n").allSatisfy { DisplayWidth.of($0) <= columns }, "at \(columns)")
      let wider = ShownTable(text)
      #expect(narrower.losses(in: wider) == [], "at \(columns)")
      narrower = wider
    }
  }

  @Test("has everything in 80 columns", arguments: [Fleets.mixed, Fleets.monthly, Fleets.everyday, Fleets.widest])
  func usualTerminal(fleet: String) throws {
    let shown = try ShownTable(table(fleet, columns: 80))
    #expect(shown.titles == ["ACCOUNT", "PLAN", "STATUS", "5-HOUR", "WEEK", "SAMPLE"])
    let (short, long) = try (#require(shown.cells["5-HOUR"]?.first), #require(shown.cells["WEEK"]?.first))
    #expect(ShownTable.bar(of: short) >= 4 && ShownTable.bar(of: long) >= 4)
    #expect(short.contains(/2 ?h ?14/) && long.contains(/3 ?d ?4 ?h/))
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

  @Test("shortens the words before it drops anything, and the bars last")
  func layouts() throws {
    let wide = try table(Fleets.everyday, columns: 200)
    #expect(wide.contains("████████████████░░░░ 82 % resets in 2 h 14 min") && wide.contains("3 min ago"))
    let usual = try table(Fleets.everyday, columns: 80)
    #expect(usual.contains("███░ 82 % 2h14") && usual.contains("3m ago") && usual.contains("rate limited"))
    let narrow = try table(Fleets.everyday, columns: 50)
    #expect(narrow.contains("███░ 82 %") && !narrow.contains("SAMPLE") && narrow.contains("limited"))
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

  private func table(_ json: String, columns: Int) throws -> String {
    let style = Style.terminal(columns: columns, usesColor: false)
    return SummaryTable(try Fleets.decodedSummary(json).accounts, style: style, now: TestConsole.now).text
  }

  private func titles(_ text: String) throws -> [String] {
    try #require(text.split(separator: "\n").first).split(separator: " ").map(String.init)
  }

  private func text(_ json: String, _ style: Style) throws -> String {
    let summary = try Fleets.decodedSummary(json)
    return SummaryTable(summary.accounts, style: style, now: TestConsole.now).text
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
    #expect(try footer(Fleets.summary(account), .plain).contains("UTC\nUsage is hidden: this key may not see it, or "))
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
