public import JSON

/// What ties an answer to its call: chosen by the caller and echoed with the same type and value.
public enum RPCID: Sendable, Hashable {
  /// A text.
  case string(String)
  /// A whole number in the signed 64-bit range.
  case integer(Int64)
  /// Any other finite number.
  case number(Double)
  /// The literal `null`; also the id of an answer to a call whose id could not be read.
  case null

  /// Takes an id from a received value; nil when that type may not be an id.
  public init?(_ value: JSONValue) {
    switch value {
    case .string(let value): self = .string(value)
    case .integer(let value): self = .integer(value)
    case .number(let value) where value.isFinite: self = .number(value)
    case .null: self = .null
    case .number, .bool, .array, .object: return nil
    }
  }

  /// The id as a JSON value.
  public var jsonValue: JSONValue {
    switch self {
    case .string(let value): .string(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .null: .null
    }
  }
}
