/// The stable names of the errors, as they stand in `error.data.code`, with what holds for each of them.
public enum RPCErrorKind: String, Sendable, Hashable, CaseIterable {
  /// Not JSON, invalid UTF-8, duplicate member names or too deep nesting.
  case parseError = "parse_error"
  /// Not a request object, wrong `jsonrpc`, a bad `id`, an empty or too large batch.
  case invalidRequest = "invalid_request"
  /// A line longer than allowed; the connection is closed after this answer.
  case requestTooLarge = "request_too_large"
  /// There is no such method.
  case methodNotFound = "method_not_found"
  /// A param is missing, unknown or not what was expected.
  case invalidParams = "invalid_params"
  /// A fault of the daemon, described in its log under the incident id.
  case internalError = "internal_error"
  /// No token, or an empty one.
  case missingAPIKey = "missing_api_key"
  /// A token that is unknown or inactive; the two look alike.
  case invalidAPIKey = "invalid_api_key"
  /// A token past its expiry.
  case apiKeyExpired = "api_key_expired"
  /// The daemon drains and takes no new work.
  case serviceUnavailable = "service_unavailable"
  /// A limit on connections or refreshes is reached.
  case overloaded = "overloaded"
  /// The caller's `timeoutMs` has passed.
  case deadlineExceeded = "deadline_exceeded"
  /// The database cannot be read or written now.
  case storeUnavailable = "store_unavailable"
  /// The caller has cancelled the call.
  case requestCancelled = "request_cancelled"

  /// The number that goes with the name.
  public var code: RPCErrorCode {
    switch self {
    case .parseError: .parseError
    case .invalidRequest, .requestTooLarge: .invalidRequest
    case .methodNotFound: .methodNotFound
    case .invalidParams: .invalidParams
    case .internalError: .internalError
    case .missingAPIKey, .invalidAPIKey, .apiKeyExpired: .unauthorized
    case .serviceUnavailable: .serviceUnavailable
    case .overloaded: .overloaded
    case .deadlineExceeded: .deadlineExceeded
    case .storeUnavailable: .storeUnavailable
    case .requestCancelled: .requestCancelled
    }
  }

  /// Whether the same call may succeed later without any change.
  public var isRetryable: Bool {
    switch self {
    case .serviceUnavailable, .overloaded, .storeUnavailable: true
    case .parseError, .invalidRequest, .requestTooLarge, .methodNotFound, .invalidParams, .internalError,
      .missingAPIKey, .invalidAPIKey, .apiKeyExpired, .deadlineExceeded, .requestCancelled:
      false
    }
  }
}
