internal import CCurl

/// A result of a transfer, for pattern matching.
struct CurlCode: RawRepresentable, Hashable, Sendable {
  let rawValue: UInt32

  static let ok = CurlCode(rawValue: CURLE_OK.rawValue)
  static let timedOut = CurlCode(rawValue: CURLE_OPERATION_TIMEDOUT.rawValue)
  static let malformedURL = CurlCode(rawValue: CURLE_URL_MALFORMAT.rawValue)
  static let unsupportedProtocol = CurlCode(rawValue: CURLE_UNSUPPORTED_PROTOCOL.rawValue)

  /// Whether two codes are the same, so that `catch let error where error.code ~= .timedOut` reads well.
  static func ~= (pattern: CurlCode, code: CurlCode) -> Bool { pattern == code }
}
