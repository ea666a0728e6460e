/// A request to an HTTP server.
struct HTTPRequest: Sendable {
  /// `GET`, or `POST` with a body.
  var body: [UInt8]?
  /// The absolute address, http or https.
  var url: String
  /// Header lines' names and values. May hold secrets: never shown.
  var headers: [(name: String, value: String)]
  /// How long the whole exchange may take.
  var timeLimit: Duration
  /// How many bytes the decoded body may have.
  var bodyLimit: Int

  /// Whether every header can be sent as it stands: without control characters, which could smuggle in lines of their own.
  var hasSafeHeaders: Bool {
    headers.allSatisfy { header in
      !header.name.isEmpty && (header.name + header.value).utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
  }
}

/// A server's complete answer.
struct HTTPResponse: Sendable {
  /// The status code.
  var status: Int
  /// The header lines of the final answer, names in lower case, the first of each name.
  var headers: [String: String]
  /// The decoded body.
  var body: [UInt8]
}

/// Why there is no complete answer.
enum HTTPTransportError: Error, Hashable, Sendable {
  /// The time limit passed.
  case timedOut
  /// The server could not be reached, or the connection broke.
  case unreachable
  /// The body or the header block is larger than allowed.
  case tooLarge
  /// The request cannot be sent as it is.
  case invalidRequest
  /// The driver was shut down.
  case shutDown
}
