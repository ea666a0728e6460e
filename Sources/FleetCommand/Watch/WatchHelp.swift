/// What the keys and marks of a live view mean.
struct WatchHelp: Sendable {
  private static let keys = [
    ("r", "refresh"), ("s", "sort by name, share left, next reset, status"), ("up/down, k/j", "scroll"),
    ("PgUp/PgDn, Home/End", "scroll further"), ("Ctrl-L", "draw anew"), ("Ctrl-Z", "stop for a while"),
    ("?", "this help, and back"), ("q, Ctrl-C", "quit"),
  ]
  private static let marks: [(WatchMark, String)] = [
    (.waiting, "is being asked for"), (.done, "has a new sample"), (.fresh, "its sample was recent enough"),
    (.delayed, "is left alone for a while"), (.failed, "could not be refreshed"),
  ]

  /// How many lines it has: a title, the keys and the marks, with a blank line before each of the two.
  private static let height = keys.count + marks.count + 3

  /// How many lines of it are on a screen of so many rows; when not all are, the last row tells how many are not.
  static func page(rows: Int) -> Int { height > rows && rows >= 2 ? rows - 1 : rows }

  /// How far one can scroll.
  static func lastOffset(rows: Int) -> Int { max(0, height - page(rows: rows)) }

  /// The rows of a screen, so many lines down.
  static func lines(rows: Int, offset: Int, _ style: Style) -> [StyledText] {
    let width = keys.map(\.0.count).max() ?? 0
    let all =
      [StyledText("codex-fleet watch", look: .bold), ""]
      + keys.map { key, meaning in
        StyledText("  ") + StyledText(DisplayWidth.padded(key, to: width), look: .bold) + StyledText("  \(meaning)")
      }
      + [""]
      + marks.map { mark, meaning in
        StyledText("  ") + mark.text(style)
          + StyledText(DisplayWidth.padded("", to: width - WatchMark.columns) + "  \(meaning)")
      }
    let shown = all.dropFirst(offset).prefix(page(rows: rows))
    guard height > rows, rows >= 2 else { return Array(shown) }
    return shown + [style.rest(above: offset, below: height - offset - shown.count)]
  }
}

extension Style {
  /// The line that tells how many lines are out of sight.
  func rest(above: Int, below: Int) -> StyledText {
    let parts = [above > 0 ? "\(above) above" : nil, below > 0 ? "\(below) more" : nil].compactMap(\.self)
    return StyledText("\(ellipsis) " + parts.joined(separator: ", "))
  }
}
