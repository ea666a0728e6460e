/// What the core asks of the provider's usage service.
public protocol UsageUpstream: Sendable {
  /// Asks for the usage of one account, with the service's own time limit and retries.
  ///
  /// Never throws: whatever goes wrong is an answer too. Does not react to cancellation of the calling task.
  func usage(for request: UsageRequest) async -> UsageAnswer
}

/// One question to the usage service.
public struct UsageRequest: Hashable, Sendable {
  /// The account's OAuth access token.
  public var accessToken: Secret
  /// The provider's account identifier; sent unless it is empty or made up locally.
  public var chatGPTAccountID: String?
  /// The way to the service.
  public var route: UpstreamRoute

  /// Makes a question.
  public init(accessToken: Secret, chatGPTAccountID: String?, route: UpstreamRoute) {
    self.accessToken = accessToken
    self.chatGPTAccountID = chatGPTAccountID
    self.route = route
  }
}

/// What came back.
public enum UsageAnswer: Hashable, Sendable {
  /// A valid payload.
  case payload(UsagePayload)
  /// No payload.
  case failure(UpstreamFailure)
}

/// Why there is no payload; carries no text of the upstream's.
public struct UpstreamFailure: Hashable, Sendable {
  /// What went wrong.
  public enum Kind: Hashable, Sendable {
    /// An HTTP status other than 2xx.
    case status(Int)
    /// No complete answer within the time limit.
    case timedOut
    /// The connection could not be made or broke.
    case unreachable
    /// None of the proxies that the requests must go through let them through.
    case proxyUnreachable
    /// A 2xx answer that is no valid payload, or is too large.
    case invalidPayload
  }

  /// What went wrong in the last attempt.
  public var kind: Kind
  /// The error code in the answer, trimmed and lower-cased, when there is one.
  public var errorCode: String?
  /// Whether the answer says in words that the account has been deactivated.
  public var saysDeactivated: Bool
  /// How long the upstream asks to be left alone.
  public var retryAfter: Duration?

  /// Makes a failure.
  public init(
    _ kind: Kind, errorCode: String? = nil, saysDeactivated: Bool = false, retryAfter: Duration? = nil
  ) {
    self.kind = kind
    self.errorCode = errorCode
    self.saysDeactivated = saysDeactivated
    self.retryAfter = retryAfter
  }
}
