/// One JSON value in memory.
///
/// Whole numbers written without fraction and exponent are `integer`, all others are `number`: `1` and `1.0` differ,
/// so that a value can be given back as it came. Strings compare the way Swift's strings do (canonical equivalence).
public enum JSONValue: Sendable, Hashable {
  /// The literal `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A whole number in the signed 64-bit range, written without fraction and exponent.
  case integer(Int64)
  /// Any other number. What the reader returns is finite; a non-finite one is written as `null`.
  case number(Double)
  /// A string of Unicode scalars, U+0000 included.
  case string(String)
  /// Values in order.
  case array([JSONValue])
  /// Members in order.
  case object(JSONObject)
}
