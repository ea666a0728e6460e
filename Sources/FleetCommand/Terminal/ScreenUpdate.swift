/// What to write so that a screen shows other lines than before.
struct ScreenUpdate: Sendable, Equatable {
  /// Empty when nothing has to be written.
  let text: String

  /// From some lines to others; the screen holds all of them, each in one row.
  ///
  /// - Parameter shown: what the screen shows now; nil when that is not known.
  init(from shown: [String]?, to lines: [String]) {
    var text = shown == nil ? "\u{1B}[0m\u{1B}[2J" : ""
    let before = shown ?? []
    for row in 0..<max(before.count, lines.count) {
      let (old, new) = (row < before.count ? before[row] : "", row < lines.count ? lines[row] : "")
      // Cleared first: behind a line as wide as the screen the cursor still stands on its last character.
      if old != new { text += "\u{1B}[\(row + 1);1H\u{1B}[K\(new)" }
    }
    self.text = text
  }
}
