import FleetClient
import Testing

@testable import FleetCommand

@Suite("Text on a terminal")
struct TextTests {
  @Test(
    "is measured in columns",
    arguments: [
      ("", 0), ("abc", 3), ("山田太郎", 8), ("한국", 4), ("\u{1112}\u{1161}\u{11AB}", 2), ("ｆｕｌｌ", 8), ("ﾊﾝ", 2),
      ("e\u{0301}", 1), ("👍", 2), ("👍🏽", 2), ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("❤️", 2), ("❤", 1), ("1️⃣", 2), ("1", 1),
      ("©", 1), ("–…█░", 4), ("אב", 2), ("\u{200B}", 0),
    ])
  func width(text: String, columns: Int) { #expect(DisplayWidth.of(text) == columns) }

  @Test(
    "is cut between characters, never wider than asked",
    arguments: [
      ("hello", 5, "hello"), ("hello!", 5, "hell…"), ("山田太郎", 7, "山田太…"), ("山田太郎", 6, "山田…"),
      ("👩‍👩‍👧👩‍👩‍👧", 3, "👩‍👩‍👧…"), ("abc", 1, "…"),
    ])
  func truncation(text: String, width: Int, cut: String) {
    #expect(DisplayWidth.truncated(text, to: width, ellipsis: "…") == cut)
  }

  @Test(
    "steers nothing",
    arguments: [
      ("plain", "plain"), ("a\u{1B}[2Jb", "a?[2Jb"), ("a\nb\tc\r", "a?b?c?"), ("\u{9B}31m", "?31m"),
      ("\u{7F}", "?"), ("\u{202E}gpj", "?gpj"), ("a\u{2028}b", "a?b"), ("\u{FEFF}a", "?a"), ("👩‍👧", "👩‍👧"),
      ("نمی‌خواهم", "نمی‌خواهم"), ("a\r\nb", "a??b"),
    ])
  func neutralised(text: String, shown: String) { #expect(PrintableText.of(text) == shown) }

  @Test("does not pile up marks above the line")
  func piles() {
    let pile = "a" + String(repeating: "\u{0301}", count: 1_000)
    #expect(PrintableText.of(pile).unicodeScalars.count < 20)
  }

  @Test("stays the same JSON when it is made harmless")
  func json() {
    #expect(PrintableText.json("{\n  \"a\u{9B}31m\u{202E}\"\n}\n") == "{\n  \"a\\u009b31m\\u202e\"\n}\n")
  }

  @Test(
    "tells spans of time",
    arguments: [
      (0, "0 s", "just now"), (-7, "0 s", "just now"), (45, "45 s", "45 s ago"), (60, "1 min", "1 min ago"),
      (3_599, "59 min", "59 min ago"), (3_600, "1 h", "1 h ago"), (8_040, "2 h 14 min", "2 h ago"),
      (86_400, "1 d", "1 d ago"), (273_600, "3 d 4 h", "3 d ago"),
      (.max, "106751991167300 d 15 h", "106751991167300 d ago"),
    ] as [(Int64, String, String)])
  func spans(seconds: Int64, full: String, ago: String) {
    #expect(DurationWords.full(seconds) == full)
    #expect(DurationWords.ago(seconds) == ago)
  }

  @Test(
    "tells spans of time where there is little room",
    arguments: [
      (0, "0s", "now"), (-7, "0s", "now"), (45, "45s", "45s ago"), (60, "1m", "1m ago"), (3_599, "59m", "59m ago"),
      (3_600, "1h00", "1h ago"), (7_500, "2h05", "2h ago"), (8_040, "2h14", "2h ago"), (86_399, "23h59", "23h ago"),
      (86_400, "1d", "1d ago"), (273_600, "3d4h", "3d ago"), (863_999, "9d23h", "9d ago"), (900_000, "10d", "10d ago"),
      (.max, "106751991167300d", "106751991167300d ago"),
    ] as [(Int64, String, String)])
  func shortSpans(seconds: Int64, short: String, ago: String) {
    #expect(DurationWords.short(seconds) == short)
    #expect(DurationWords.ago(seconds, .short) == ago)
  }

  @Test(
    "tells a status in words, shorter ones where there is little room",
    arguments: [
      ("active", "active", "active"), ("rate_limited", "rate limited", "limited"),
      ("quota_exceeded", "quota exceeded", "used up"), ("paused", "paused", "paused"),
      ("reauth_required", "sign in again", "sign in"), ("deactivated", "deactivated", "ended"),
      ("brand_new\u{7}", "brand new?", "brand new?"),
    ])
  func status(code: String, full: String, short: String) {
    let status = FleetClient.AccountStatus(rawValue: code)
    #expect(status.words() == full && status.words(.short) == short)
  }

  @Test(
    "tells the day only when it is another one",
    arguments: [
      ("2026-11-24T12:04:00.25Z", "12:04:00 UTC"), ("2026-11-25T00:00:00Z", "2026-11-25 00:00:00 UTC"),
    ])
  func clockTime(instant: String, words: String) throws {
    let instant = try #require(FleetClient.Instant(rfc3339: instant))
    #expect(instant.clockTime(now: TestConsole.now) == words)
  }
}

@Suite("The style")
struct StyleTests {
  @Test(
    "follows the terminal and the environment",
    arguments: [
      ([:], .terminal(columns: 100, usesUnicode: false)),
      (["LANG": "en_US.UTF-8"], .terminal(columns: 100)),
      (["LANG": "en_US.UTF-8", "LC_ALL": "C"], .terminal(columns: 100, usesUnicode: false)),
      (["LANG": "C", "LC_CTYPE": "C.utf8"], .terminal(columns: 100)),
      (["LANG": "C.UTF-8", "NO_COLOR": "1"], .terminal(columns: 100, usesColor: false)),
      (["LANG": "C.UTF-8", "NO_COLOR": ""], .terminal(columns: 100)),
      (["LANG": "C.UTF-8", "TERM": "dumb"], .terminal(columns: 100, usesColor: false)),
    ] as [([String: String], Style)])
  func environment(environment: [String: String], style: Style) {
    let stream = TestConsole(columns: 100).console.output
    #expect(Style(of: stream, environment: environment, allowsColor: true) == style)
  }

  @Test("is plain without a terminal, whatever the environment is")
  func piped() {
    let stream = TestConsole().console.output
    #expect(Style(of: stream, environment: ["LANG": "C.UTF-8"], allowsColor: true) == .plain)
  }
}
