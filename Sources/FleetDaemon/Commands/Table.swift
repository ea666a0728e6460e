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

  /// The text with question marks for what could steer the terminal or reorder the line; a dash for nothing.
  private static func printable(_ text: String) -> String {
    let shown = text.unicodeScalars.map { scalar -> Unicode.Scalar in
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: "?"
      // The joiners belong into names, and beyond the first plane lie the tags that make flags.
      case .format where scalar != "\u{200C}" && scalar != "\u{200D}" && scalar.value <= 0xFFFF: "?"
      default: scalar
      }
    }
    return shown.isEmpty ? "-" : String(String.UnicodeScalarView(shown))
  }
}
