/// Text in columns, aligned by the columns it takes on a terminal.
///
/// The first column gives way when the line would get too long.
struct TextTable: Sendable {
  /// What stands between two columns.
  private static let gap = "  "

  private let titles: [String]
  private let rows: [[StyledText]]
  private let widths: [Int]

  /// Makes a table; every row has as many cells as there are titles.
  init(_ titles: [String], rows: [[StyledText]]) {
    self.titles = titles
    self.rows = rows
    widths = titles.indices.map { column in
      rows.reduce(DisplayWidth.of(titles[column])) { max($0, column < $1.count ? $1[column].width : 0) }
    }
  }

  /// The columns that all but the first column take, with the gaps.
  private var fixedWidth: Int { widths.dropFirst().reduce(0) { $0 + $1 + Self.gap.count } }

  /// Whether the lines fit into so many columns when the first column keeps its width, or at least `least` of it.
  func fits(into columns: Int, keeping least: Int = .max) -> Bool {
    min(widths.first ?? 0, least) + fixedWidth <= columns
  }

  /// The lines as one text.
  func text(_ style: Style) -> String {
    lines(style).map { $0.rendered(usesColor: style.usesColor) + "\n" }.joined()
  }

  /// The titles' line and those of the rows, without trailing blanks.
  func lines(_ style: Style) -> [StyledText] {
    // Below this a name says nothing at all; a line that breaks is the lesser evil.
    let leastName = 3
    let firstWidth = min(widths.first ?? 0, style.columns.map { max(leastName, $0 - fixedWidth) } ?? .max)
    let header = titles.map { StyledText($0) }
    return ([header] + rows).map { line($0, firstWidth: firstWidth, style) }
  }

  private func line(_ cells: [StyledText], firstWidth: Int, _ style: Style) -> StyledText {
    var line: StyledText = ""
    var blanks = ""
    for (column, cell) in cells.enumerated() {
      var cell = cell
      if column == 0 && cell.width > firstWidth {
        cell = StyledText(DisplayWidth.truncated(cell.plain, to: firstWidth, ellipsis: style.ellipsis))
      }
      let width = column == 0 ? firstWidth : widths[column]
      if cell.width > 0 { line = line + StyledText(blanks) + cell }
      blanks = (cell.width > 0 ? "" : blanks) + String(repeating: " ", count: max(0, width - cell.width)) + Self.gap
    }
    return line
  }
}
