@testable import FleetCommand

/// A table as it stands on a terminal, taken apart again.
struct ShownTable {
  /// The titles, from left to right; none may have a blank in it.
  let titles: [String]
  /// The columns' cells from top to bottom, by title.
  let cells: [String: [String]]

  init(_ text: String) {
    let lines = text.split(separator: "\n")
    let header = lines.first ?? ""
    titles = header.split(separator: " ").map(String.init)
    var starts: [Int] = []
    for (index, character) in header.enumerated() where character != " " {
      if index == 0 || header.dropFirst(index - 1).first == " " { starts.append(index) }
    }
    var cells: [String: [String]] = [:]
    for (column, title) in titles.enumerated() {
      let end = column + 1 < starts.count ? starts[column + 1] : .max
      cells[title] = lines.dropFirst().map { Self.part(of: $0, from: starts[column], to: end) }
    }
    self.cells = cells
  }

  /// The columns that another table has not, and the cells that have less text or a shorter bar there.
  func losses(in other: ShownTable) -> [String] {
    titles.flatMap { title -> [String] in
      guard let others = other.cells[title] else { return [title] }
      return zip(cells[title, default: []], others).compactMap { cell, shown in
        let hasAll = DisplayWidth.of(cell) <= DisplayWidth.of(shown) && Self.bar(of: cell) <= Self.bar(of: shown)
        return hasAll ? nil : cell
      }
    }
  }

  /// How long the bar in a cell is.
  static func bar(of cell: String) -> Int { cell.count { $0 == "█" || $0 == "░" } }

  /// What stands in these columns of a line, without the blanks around it.
  private static func part(of line: Substring, from start: Int, to end: Int) -> String {
    var position = 0
    var part = ""
    for character in line {
      if position >= start && position < end { part.append(character) }
      position += DisplayWidth.of(character)
    }
    while part.last == " " { part.removeLast() }
    return String(part.drop { $0 == " " })
  }
}
