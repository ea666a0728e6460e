/// Comma-separated values as RFC 4180 has them, each line ended by CR and LF.
///
/// A text that a spreadsheet would take for a formula, because it begins with `=`, `+`, `-`, `@`, a tab or a carriage
/// return, gets an apostrophe in front: names and addresses come from outside, and nobody who opens the file should
/// run what they say.
struct CSVText: Sendable {
  /// What stands in one place.
  enum Cell: Sendable {
    /// Something from outside.
    case text(String)
    /// Something of our own, which is neither a formula nor needs quotes.
    case plain(String)
    /// Nothing.
    case empty
  }

  /// All lines.
  private(set) var text: String

  /// Begins with a line of names.
  init(_ names: [String]) { text = names.joined(separator: ",") + "\r\n" }

  /// Adds a line; it has as many cells as there are names.
  mutating func append(_ cells: [Cell]) { text += cells.map(Self.field).joined(separator: ",") + "\r\n" }

  private static func field(_ cell: Cell) -> String {
    switch cell {
    case .empty: return ""
    case .plain(let text): return text
    case .text(let text):
      let scalars = text.unicodeScalars
      let guarded = (scalars.first.map(formulaStarts.contains) ?? false ? "'" : "") + text
      guard scalars.contains(where: quoted.contains) else { return guarded }
      // By scalars: a quote with a mark on it is another character, and yet ends the field.
      let doubled = guarded.unicodeScalars.flatMap { $0 == "\"" ? [$0, $0] : [$0] }
      return "\"" + String(String.UnicodeScalarView(doubled)) + "\""
    }
  }

  /// What a spreadsheet's formulas begin with.
  private static let formulaStarts: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t", "\r"]

  /// What makes a field need quotes.
  private static let quoted: Set<Unicode.Scalar> = [",", "\"", "\r", "\n"]
}

extension CSVText.Cell {
  /// A text, or nothing.
  static func text(_ text: String?) -> Self { text.map { .text($0) } ?? .empty }
  /// A value that prints as itself, or nothing.
  static func plain(_ value: (some CustomStringConvertible)?) -> Self { value.map { .plain("\($0)") } ?? .empty }
}
