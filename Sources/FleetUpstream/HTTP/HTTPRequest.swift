internal import Fleet

/// A request to an HTTP server.
struct HTTPRequest: Sendable {
  /// The absolute address, http or https.
  var url: String
  /// Header lines' names and values. May hold secrets: never shown.
  var headers: [(name: String, value: String)]
  /// What is sent, as a `POST`; nil makes a `GET`.
  var body: [UInt8]?
  /// The proxy to go through; nil goes straight.
  var proxy: ProxyEndpoint?
  /// How long the whole exchange may take.
  var timeLimit: Duration
  /// How long it may take until the request can be sent; nil leaves it to the time limit.
  var connectLimit: Duration?
  /// How much of the time limit is kept for the answer: nothing is sent that could not be answered within it.
  var answerReserve = Duration.zero
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
  /// Whether the server may have got the request.
  enum Delivery: Hashable, Sendable {
    /// It cannot have: nothing of the request was sent.
    case notSent
    /// It may have.
    case unknown
  }

  /// The time limit passed.
  case timedOut(Delivery)
  /// The server could not be reached, or the connection broke.
  case unreachable(Delivery)
  /// No proxy let the request through; nothing of it was sent.
  case proxyUnreachable
  /// The body or the header block is larger than allowed.
  case tooLarge
  /// The request cannot be sent as it is.
  case invalidRequest
  /// The driver was shut down.
  case shutDown

  /// Whether nothing of the request was sent, so that sending it again sends it once.
  var provesNothingSent: Bool {
    switch self {
    case .timedOut(.notSent), .unreachable(.notSent), .proxyUnreachable, .invalidRequest: true
    case .timedOut(.unknown), .unreachable(.unknown), .tooLarge, .shutDown: false
    }
  }
}
