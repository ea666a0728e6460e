import FleetTestSupport
import Testing

@testable import FleetCommand

@Suite("What is written to a screen")
struct ScreenUpdateTests {
  @Test(
    "makes it show the new lines, whatever it showed before",
    arguments: [
      ([], ["a", "b"]), (["a", "b"], ["a", "c"]), (["long line", "b"], ["l", ""]), (["a", "b", "c"], ["a"]),
      (["a"], ["a"]), (["short"], ["exactly wide"]),
    ] as [([String], [String])])
  func lines(before: [String], after: [String]) {
    var screen = TerminalScreen(columns: 12, rows: 4)
    screen.feed(Array(ScreenUpdate(from: nil, to: before).text.utf8))
    screen.feed(Array(ScreenUpdate(from: before, to: after).text.utf8))
    #expect(screen.lines.prefix(after.count) == after[...])
    #expect(screen.lines.dropFirst(after.count).allSatisfy(\.isEmpty) && screen.unknown.isEmpty)
  }

  @Test("is nothing when nothing has changed, and else only the rows that have")
  func economy() {
    #expect(ScreenUpdate(from: ["a", "b"], to: ["a", "b"]).text.isEmpty)
    #expect(ScreenUpdate(from: ["a", "b", "c"], to: ["a", "x", "c"]).text == "\u{1B}[2;1H\u{1B}[Kx")
  }
}
