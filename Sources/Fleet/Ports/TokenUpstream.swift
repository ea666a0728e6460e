/// What the core asks of the provider's login service.
public protocol TokenUpstream: Sendable {
  /// Presents a refresh token, with the service's own time limit.
  ///
  /// The token is presented once, and a second time only when the first provably never left. Never throws: whatever
  /// goes wrong is an answer too. Does not react to cancellation of the calling task.
  func exchange(_ request: TokenRequest) async -> TokenAnswer
}

/// One refresh token to be exchanged.
public struct TokenRequest: Hashable, Sendable {
  /// The token.
  public var refreshToken: Secret
  /// The way to the service.
  public var route: UpstreamRoute

  /// Makes a request.
  public init(refreshToken: Secret, route: UpstreamRoute) {
    self.refreshToken = refreshToken
    self.route = route
  }
}

/// What came back.
public enum TokenAnswer: Hashable, Sendable {
  /// All three new tokens.
  case tokens(NewTokens)
  /// Not all three.
  case failure(UpstreamFailure)
}
