/// How the simulated provider treats a request.
public struct UpstreamBehaviour: Hashable, Sendable {
  /// What the answer is.
  public enum Answer: Hashable, Sendable {
    /// What a sound provider answers.
    case normal
    /// An error status with a body in one of the provider's shapes.
    case error(status: Int, ErrorBody)
    /// These bytes, whatever they are.
    case raw(status: Int, body: [UInt8], headers: [Header])
    /// Status 200 and a body of so many bytes (a JSON text of blanks).
    case huge(bytes: Int)
    /// The connection is closed before anything was answered; a refresh token is not used up.
    case dropBeforeHead
    /// The connection is closed in the middle of the normal answer's body; a refresh token is used up.
    case dropInBody
    /// The connection is reset before anything was answered; a refresh token is not used up.
    case resetBeforeHead
    /// The connection is reset in the middle of the normal answer's body; a refresh token is used up.
    case resetInBody
    /// Nothing, until the asker gives up.
    case never
    /// Status 302 to another address.
    case redirect(to: String)
  }

  /// The shapes that error bodies have.
  public enum ErrorBody: Hashable, Sendable {
    /// No body at all.
    case none
    /// `{"error": {"code": …, "message": …}}`.
    case object(code: String, message: String)
    /// `{"error": …, "error_description": …}`.
    case text(String, description: String? = nil)
    /// `{"message": …}`.
    case message(String)
  }

  /// A header line.
  public struct Header: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// Its value.
    public var value: String

    /// Makes a header line.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// What the answer is.
  public var answer: Answer
  /// How long the answer takes, once nothing holds it back.
  public var latency: Duration
  /// The value of a `Retry-After` header, if there is to be one.
  public var retryAfter: String?
  /// Whether the asker is told that the connection ends with this answer, so that the next request needs another one.
  public var endsConnection: Bool

  /// Makes a behaviour.
  public init(
    _ answer: Answer = .normal, latency: Duration = .zero, retryAfter: String? = nil, endsConnection: Bool = false
  ) {
    self.answer = answer
    self.latency = latency
    self.retryAfter = retryAfter
    self.endsConnection = endsConnection
  }

  /// An error status with an empty body.
  public static func status(_ status: Int, retryAfter: String? = nil) -> UpstreamBehaviour {
    UpstreamBehaviour(.error(status: status, .none), retryAfter: retryAfter)
  }

  /// Status 200 with this text as the body.
  public static func body(_ text: String) -> UpstreamBehaviour {
    UpstreamBehaviour(.raw(status: 200, body: Array(text.utf8), headers: []))
  }

  /// Status 200 with a small body that unpacks to at least so many bytes.
  public static func gzipBomb(bytes: Int) -> UpstreamBehaviour {
    UpstreamBehaviour(
      .raw(status: 200, body: GzipBomb.blanks(bytes), headers: [Header("Content-Encoding", "gzip")]))
  }
}
