internal import Fleet
internal import GRDB
internal import GRDBSQLite

/// The columns of the row that a statement stands at, read in place; valid until it steps on.
///
/// As with single values, SQLite may hold any type in any column: what is of another type than expected is nil.
struct RowColumns {
  private let statement: SQLiteStatement
  /// Where these columns begin in the row.
  private let start: Int32

  /// The row that a statement stands at.
  init(_ statement: Statement) {
    self.statement = statement.sqliteStatement
    start = 0
  }

  private init(_ statement: SQLiteStatement, start: Int32) {
    self.statement = statement
    self.start = start
  }

  /// The columns from that one on, counted anew.
  func dropFirst(_ count: Int) -> RowColumns { RowColumns(statement, start: start + Int32(count)) }

  /// Whether there is no value.
  func isNull(_ column: Int) -> Bool { type(column) == SQLITE_NULL }

  /// The text, up to the first U+0000 if there is one.
  func text(_ column: Int) -> String? { withText(column) { String(decoding: $0, as: UTF8.self) } }

  /// The instant that a text names.
  func instant(_ column: Int) -> Timestamp? { withText(column) { Timestamp(naiveUTC: $0) } ?? nil }

  /// The number without its fraction, nil outside the range.
  func wholeNumber(_ column: Int) -> Int64? {
    switch type(column) {
    case SQLITE_INTEGER: return sqlite3_column_int64(statement, start + Int32(column))
    case SQLITE_FLOAT: return Int64(exactly: sqlite3_column_double(statement, start + Int32(column)).rounded(.down))
    default: return nil
    }
  }

  /// The finite number.
  func finiteNumber(_ column: Int) -> Double? {
    guard [SQLITE_INTEGER, SQLITE_FLOAT].contains(type(column)) else { return nil }
    let number = sqlite3_column_double(statement, start + Int32(column))
    return number.isFinite ? number : nil
  }

  /// The truth value stored as 0 or 1.
  func truth(_ column: Int) -> Bool? {
    guard type(column) == SQLITE_INTEGER else { return nil }
    switch sqlite3_column_int64(statement, start + Int32(column)) {
    case 0: return false
    case 1: return true
    default: return nil
    }
  }

  private func type(_ column: Int) -> Int32 { sqlite3_column_type(statement, start + Int32(column)) }

  private func withText<Value>(_ column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value? {
    guard type(column) == SQLITE_TEXT, let text = sqlite3_column_text(statement, start + Int32(column)) else {
      return nil
    }
    let bytes = UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(statement, start + Int32(column))))
    return body(UnsafeBufferPointer(rebasing: bytes.prefix { $0 != 0 }))
  }
}
