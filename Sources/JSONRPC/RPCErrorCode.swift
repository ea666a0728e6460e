/// The number of a JSON-RPC error, as it stands in `error.code`.
///
/// Several kinds of error share a number; `RPCErrorKind` tells them apart.
public struct RPCErrorCode: RawRepresentable, Sendable, Hashable {
  /// The number on the wire.
  public let rawValue: Int

  /// Takes any number.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The line is not acceptable JSON.
  public static let parseError = RPCErrorCode(rawValue: -32_700)
  /// The JSON is no acceptable request.
  public static let invalidRequest = RPCErrorCode(rawValue: -32_600)
  /// There is no such method.
  public static let methodNotFound = RPCErrorCode(rawValue: -32_601)
  /// The params are not what the method takes.
  public static let invalidParams = RPCErrorCode(rawValue: -32_602)
  /// A fault of the daemon.
  public static let internalError = RPCErrorCode(rawValue: -32_603)
  /// The API key is missing or not accepted.
  public static let unauthorized = RPCErrorCode(rawValue: -32_001)
  /// The daemon is about to stop.
  public static let serviceUnavailable = RPCErrorCode(rawValue: -32_002)
  /// A limit of the daemon is reached.
  public static let overloaded = RPCErrorCode(rawValue: -32_003)
  /// The caller's own deadline has passed.
  public static let deadlineExceeded = RPCErrorCode(rawValue: -32_004)
  /// The database cannot be used now.
  public static let storeUnavailable = RPCErrorCode(rawValue: -32_005)
  /// The caller has cancelled the call.
  public static let requestCancelled = RPCErrorCode(rawValue: -32_800)
}

extension RPCErrorCode: ExpressibleByIntegerLiteral {
  /// A number as a literal.
  public init(integerLiteral value: Int) { self.init(rawValue: value) }
}

extension RPCErrorCode: CustomStringConvertible {
  /// The number.
  public var description: String { "\(rawValue)" }
}
