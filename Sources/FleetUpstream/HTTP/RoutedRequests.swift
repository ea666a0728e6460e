internal import Fleet

/// Sends requests by the way that an account's have to take.
struct RoutedRequests: Sendable {
  /// When a request may go to the next proxy after one has failed.
  enum Repetition {
    /// Whenever the connection failed: asking twice does no harm.
    case harmless
    /// Only when nothing of the request was sent: it must not arrive twice.
    case onlyUnsent
  }

  let driver: CurlDriver
  let clock: any FleetClock

  /// No connection is waited for longer than this where there is a choice: another proxy, or another attempt.
  private static let longestConnect = Duration.seconds(3)
  /// No connection is begun in less time than this.
  private static let shortestConnect = Duration.milliseconds(100)

  /// Sends a request, and waits for the complete answer within the request's time limit.
  ///
  /// A route through proxies tries them in their order and never goes straight.
  func perform(
    _ request: HTTPRequest, by route: UpstreamRoute, repeating repetition: Repetition
  ) async throws(HTTPTransportError) -> HTTPResponse {
    let end = clock.uptime + request.timeLimit
    let proxies: [ProxyEndpoint?] =
      switch route {
      case .direct: [nil]
      case .proxy(let first, let fallbacks): [first] + fallbacks
      }
    for (index, proxy) in proxies.enumerated() {
      let following = proxies.count - index - 1
      guard let attempt = Self.attempt(request, through: proxy, within: end - clock.uptime, following: following) else {
        throw proxy == nil ? .timedOut(.notSent) : .proxyUnreachable
      }
      do {
        return try await driver.perform(attempt)
      } catch {
        guard following == 0 || !Self.allows(repetition, after: error) else { continue }
        throw proxy != nil && error.provesNothingSent && error != .invalidRequest ? .proxyUnreachable : error
      }
    }
    throw .proxyUnreachable
  }

  /// One attempt of a request, which leaves time for the proxies behind it and for the answer; nil when it is too late
  /// to begin one.
  static func attempt(
    _ request: HTTPRequest, through proxy: ProxyEndpoint?, within remaining: Duration, following: Int
  ) -> HTTPRequest? {
    let available = remaining - request.answerReserve
    guard available > .zero, available >= min(shortestConnect, remaining) else { return nil }
    var attempt = request
    attempt.proxy = proxy
    attempt.timeLimit = remaining
    if following > 0 || request.answerReserve > .zero {
      attempt.connectLimit = min(longestConnect, available / (following + 1))
    }
    return attempt
  }

  private static func allows(_ repetition: Repetition, after error: HTTPTransportError) -> Bool {
    switch error {
    case .timedOut(.notSent), .unreachable(.notSent): true
    case .unreachable(.unknown): repetition == .harmless
    case .timedOut(.unknown), .proxyUnreachable, .tooLarge, .invalidRequest, .shutDown: false
    }
  }
}
