internal import GRDB

// SQLite stores any type in any column, so what is read is looked at rather than trusted: GRDB's own conversions of
// row values end the process when a value is of another type.
extension DatabaseValue {
  /// The text, nil for anything else.
  var text: String? {
    guard case .string(let text) = storage else { return nil }
    return text
  }

  /// The number without its fraction, nil for anything else and outside the range.
  var wholeNumber: Int64? {
    switch storage {
    case .int64(let number): number
    case .double(let number) where number.isFinite: Int64(exactly: number.rounded(.down))
    default: nil
    }
  }

  /// The finite number, nil for anything else.
  var finiteNumber: Double? {
    switch storage {
    case .int64(let number): Double(number)
    case .double(let number) where number.isFinite: number
    default: nil
    }
  }

  /// The truth value stored as 0 or 1, nil for anything else.
  var truth: Bool? {
    switch storage {
    case .int64(0): false
    case .int64(1): true
    default: nil
    }
  }
}
