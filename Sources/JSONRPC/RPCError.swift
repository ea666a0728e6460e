public import JSON

/// The error of an answer: a number, a stable name, a text for people and whatever else belongs to it.
public struct RPCError: Error, Sendable, Hashable {
  /// The number, `error.code`.
  public var code: RPCErrorCode

  /// The stable name, `error.data.code`; empty when a foreign server sent none.
  public var dataCode: String

  /// A text for people, `error.message`; may change between versions.
  public var message: String

  /// Whether the same call may succeed later without any change, `error.data.retryable`.
  public var retryable: Bool

  /// Further members of `error.data`; never named `code` or `retryable`.
  public private(set) var details: JSONObject

  /// Makes an error from its parts; details named `code` or `retryable` are dropped, these places are taken.
  public init(code: RPCErrorCode, dataCode: String, message: String, retryable: Bool, details: JSONObject = [:]) {
    self.code = code
    self.dataCode = dataCode
    self.message = message
    self.retryable = retryable
    self.details = details
    self.details["code"] = nil
    self.details["retryable"] = nil
  }

  /// Makes an error of a known kind, which says number, name and whether to retry.
  public init(_ kind: RPCErrorKind, message: String, details: JSONObject = [:]) {
    self.init(
      code: kind.code, dataCode: kind.rawValue, message: message, retryable: kind.isRetryable, details: details)
  }

  /// The kind behind the stable name; nil when this version does not know it.
  public var kind: RPCErrorKind? { RPCErrorKind(rawValue: dataCode) }
}

extension RPCError: CustomStringConvertible {
  /// The text, the stable name and the number.
  public var description: String {
    dataCode.isEmpty ? "\(message) (\(code))" : "\(message) (\(dataCode), \(code))"
  }
}
