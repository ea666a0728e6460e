/// What a terminal would show of what was written to it, as far as this project's programs need one.
///
/// Every character takes one column. What it does not know is left out of the picture and counted as unknown.
package struct TerminalScreen: Sendable {
  package private(set) var columns: Int
  package private(set) var rows: Int
  /// Whether the other screen than that of the shell is shown.
  package private(set) var isAlternate = false
  package private(set) var showsCursor = true
  package private(set) var wrapsLines = true
  /// The control sequences that it does not know.
  package private(set) var unknown: [String] = []
  /// How many characters had no room.
  package private(set) var overflows = 0
  private var cells: [[Character]]
  /// What the shell's screen shows, and where its cursor is, while the other one is shown.
  private var shellScreen: (cells: [[Character]], row: Int, column: Int) = ([], 0, 0)
  private var row = 0
  private var column = 0
  private var unread: [UInt8] = []

  package init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    cells = Self.blank(columns, rows)
  }

  /// Gives it another size; what it shows is gone.
  package mutating func resize(columns: Int, rows: Int) {
    (self.columns, self.rows) = (columns, rows)
    cells = Self.blank(columns, rows)
    (row, column) = (0, 0)
    shellScreen = (cells, row, column)
  }

  /// The rows without the blanks at their ends.
  package var lines: [String] {
    cells.map { cells in
      let end = cells.lastIndex { $0 != " " }.map { $0 + 1 } ?? 0
      return String(cells[..<end])
    }
  }

  /// The lines as one text.
  package var text: String { lines.joined(separator: "\n") }

  /// Takes what is written next; sequences and characters may come in pieces.
  package mutating func feed(_ bytes: [UInt8]) {
    unread += bytes
    while let (piece, count) = Self.piece(of: unread) {
      unread.removeFirst(count)
      apply(piece)
    }
  }

  private enum Piece {
    case character(Character)
    case control(UInt8)
    case sequence(parameters: String, final: Character)
  }

  /// The first piece, if it is there in full.
  private static func piece(of bytes: [UInt8]) -> (Piece, Int)? {
    guard let first = bytes.first else { return nil }
    if first == 0x1B {
      guard bytes.count > 1 else { return nil }
      guard bytes[1] == UInt8(ascii: "[") else { return (.control(first), 1) }
      guard let end = bytes.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else { return nil }
      return (
        .sequence(
          parameters: String(decoding: bytes[2..<end], as: UTF8.self), final: Character(Unicode.Scalar(bytes[end]))),
        end + 1
      )
    }
    if first < 0x20 { return (.control(first), 1) }
    let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard bytes.count >= length else { return nil }
    return (.character(Character(String(decoding: bytes[..<length], as: UTF8.self))), length)
  }

  private mutating func apply(_ piece: Piece) {
    switch piece {
    case .character(let character):
      if column == columns {
        guard wrapsLines else {
          overflows += 1
          return
        }
        column = 0
        feedLine()
      }
      cells[row][column] = character
      column += 1
    case .control(0x0D): column = 0
    case .control(0x0A): feedLine()
    case .control(0x07), .control(0x08): break
    case .control(let byte): unknown.append("\(byte)")
    case .sequence(let parameters, let final): apply(parameters, final)
    }
  }

  private mutating func apply(_ parameters: String, _ final: Character) {
    let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    switch (final, parameters) {
    case ("m", _): break
    case ("H", _):
      row = min(max((numbers.first ?? 1) - 1, 0), rows - 1)
      column = min(max((numbers.dropFirst().first ?? 1) - 1, 0), columns - 1)
    case ("K", ""), ("K", "0"): clear(row, from: column)
    case ("J", ""), ("J", "0"):
      clear(row, from: column)
      for row in (row + 1)..<max(rows, row + 1) { clear(row, from: 0) }
    case ("J", "2"): cells = Self.blank(columns, rows)
    case ("A", _): row = max(0, row - max(1, numbers.first ?? 1))
    case ("h", "?1049"):
      if !isAlternate { shellScreen = (cells, row, column) }
      isAlternate = true
      cells = Self.blank(columns, rows)
    case ("l", "?1049"):
      if isAlternate { (cells, row, column) = shellScreen }
      isAlternate = false
    case ("h", "?25"), ("l", "?25"): showsCursor = final == "h"
    case ("h", "?7"), ("l", "?7"): wrapsLines = final == "h"
    // A shell's line editor says when pasting begins and ends.
    case ("h", "?2004"), ("l", "?2004"): break
    default: unknown.append(parameters + String(final))
    }
  }

  private mutating func feedLine() {
    if row == rows - 1 {
      cells.removeFirst()
      cells += Self.blank(columns, 1)
    } else {
      row += 1
    }
  }

  /// Clears the rest of a row; behind a full row the cursor still stands on its last character.
  private mutating func clear(_ row: Int, from column: Int) {
    for column in min(column, columns - 1)..<columns { cells[row][column] = " " }
  }

  private static func blank(_ columns: Int, _ rows: Int) -> [[Character]] {
    Array(repeating: Array(repeating: " ", count: columns), count: rows)
  }
}
