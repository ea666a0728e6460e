/// Text in columns, for people and for `awk` alike.
struct Table {
  private var rows: [[String]]

  /// Makes a table of its column titles.
  init(_ titles: String...) { rows = [titles] }

  /// Adds a row of as many cells as there are titles.
  mutating func add(_ cells: String...) { rows.append(cells.map(Self.printable)) }

  /// The lines, columns two blanks apart, without trailing blanks.
  var text: String {
    let widths = rows.reduce(into: [Int](repeating: 0, count: rows.first?.count ?? 0)) { widths, row in
      for (column, cell) in row.enumerated() where column < widths.count {
        widths[column] = max(widths[column], cell.count)
      }
    }
    return rows.map { row in
      let line = zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count + 2) }
      return String(line.joined().reversed().drop(while: { $0 == " " }).reversed()) + "\n"
    }.joined()
  }

  /// The text without control characters, which could steer the terminal; a dash for nothing.
  private static func printable(_ text: String) -> String {
    let kept = String(
      String.UnicodeScalarView(text.unicodeScalars.filter { $0.properties.generalCategory != .control }))
    return kept.isEmpty ? "-" : kept
  }
}
