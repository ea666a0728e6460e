public import JSON

extension RPCError {
  /// The line is not acceptable JSON; the answer's id is `null` and the connection goes on at the next line.
  public static func parseError(_ error: JSONSyntaxError) -> RPCError {
    RPCError(.parseError, message: "Parse error: \(error)")
  }

  /// The JSON is no acceptable request, for the reason given.
  public static func invalidRequest(_ reason: String) -> RPCError {
    RPCError(.invalidRequest, message: "Invalid request: \(reason)")
  }

  /// A line is longer than `limit` bytes; the connection is closed after this answer.
  public static func requestTooLarge(limit: Int) -> RPCError {
    RPCError(
      .requestTooLarge, message: "Request too large: a line may have at most \(limit) bytes",
      details: ["limit": .integer(Int64(limit))])
  }

  /// There is no such method. A long name is cut in the text.
  public static func methodNotFound(_ method: String) -> RPCError {
    RPCError(.methodNotFound, message: "Method not found: \(excerpt(method))")
  }

  /// A param is missing or not what was expected.
  ///
  /// - Parameters:
  ///   - param: Its name, such as `accountIds`.
  ///   - expected: What it should be, to follow “expected”: `an array of strings`.
  public static func invalidParams(param: String, expected: String) -> RPCError {
    RPCError(
      .invalidParams, message: "Invalid params: '\(excerpt(param))': expected \(expected)",
      details: ["param": .string(excerpt(param)), "expected": .string(expected)])
  }

  /// A param that the method does not take. A long name is cut.
  ///
  /// - Parameter known: The params it does take.
  public static func unknownParam(_ param: String, known: [String]) -> RPCError {
    let expected = known.isEmpty ? "no params" : "only \(known.joined(separator: ", "))"
    return RPCError(
      .invalidParams, message: "Invalid params: unknown param '\(excerpt(param))', expected \(expected)",
      details: ["param": .string(excerpt(param)), "expected": .string(expected)])
  }

  /// A fault of the daemon. The text tells no internals; the log describes it under `incident`.
  public static func internalError(incident: String) -> RPCError {
    RPCError(
      .internalError, message: "Internal error, see the log for incident \(incident)",
      details: ["incident": .string(incident)])
  }

  /// No token was given, or an empty one.
  public static let missingAPIKey = RPCError(.missingAPIKey, message: "Missing API key: give it as params.token")

  /// The token is unknown or inactive; which of the two is not told.
  public static let invalidAPIKey = RPCError(.invalidAPIKey, message: "Invalid API key")

  /// The token is past its expiry.
  public static let apiKeyExpired = RPCError(.apiKeyExpired, message: "API key has expired")

  /// The daemon drains and takes no new work.
  public static func serviceUnavailable(
    message: String = "Server is draining", details: JSONObject = [:]
  ) -> RPCError {
    RPCError(.serviceUnavailable, message: message, details: details)
  }

  /// A limit on connections or refreshes is reached; the text says which.
  public static func overloaded(_ message: String) -> RPCError {
    RPCError(.overloaded, message: message)
  }

  /// There was no memory to read the line with, whatever it was; the connection goes on at the next one.
  public static let outOfMemory = RPCError.overloaded("No memory for this line now, try again later")

  /// One more connection is not let in; it is closed after this answer.
  ///
  /// - Parameter user: the user whose limit it is; nil for the limit of all together.
  public static func tooManyConnections(limit: Int, ofUser user: UInt32? = nil) -> RPCError {
    let whose = user.map { " to user \($0)" } ?? ""
    return .overloaded("Too many connections: the daemon allows\(whose) \(limit) at a time, try again later")
  }

  /// The process may not connect; the connection is closed after this answer.
  public static func peerNotAllowed(user: UInt32, group: UInt32) -> RPCError {
    .invalidRequest(
      "the daemon's administrator does not let user \(user) of group \(group) connect (allow-uids, allow-gids)")
  }

  /// The caller's `timeoutMs` has passed; the work goes on.
  public static let deadlineExceeded = RPCError(
    .deadlineExceeded, message: "Deadline exceeded: timeoutMs has passed, the work goes on")

  /// A line did not come to its end in time; the connection is closed after this answer.
  public static func lineTimedOut(after limit: Duration) -> RPCError {
    RPCError(
      .deadlineExceeded,
      message: "Deadline exceeded: a line has to be complete within \(limit.components.seconds) s")
  }

  /// The database cannot be read or written now; the text says what failed, where, and what to do.
  public static func storeUnavailable(_ message: String) -> RPCError {
    RPCError(.storeUnavailable, message: message)
  }

  /// The caller has cancelled the call; its work is untouched.
  public static let requestCancelled = RPCError(.requestCancelled, message: "Request cancelled")

  /// Names come from outside and may be as long as a line; an answer repeats no more than this of them.
  private static func excerpt(_ name: String) -> String {
    let limit = 100
    let scalars = name.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return name }
    return String(scalars[..<end]) + "…"
  }
}
