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

  /// No proxy that has others behind it is waited for longer than this.
  private static let longestConnect = Duration.seconds(3)

  /// Sends a request, and waits for the complete answer within the request's time limit.
  ///
  /// A route through proxies tries them in their order and never goes straight.
  func perform(
    _ request: HTTPRequest, by route: UpstreamRoute, repeating repetition: Repetition
  ) async throws(HTTPTransportError) -> HTTPResponse {
    guard case .proxy(let first, let fallbacks) = route else { return try await driver.perform(request) }
    let end = clock.uptime + request.timeLimit
    let proxies = [first] + fallbacks
    for (index, proxy) in proxies.enumerated() {
      var attempt = request
      attempt.proxy = proxy
      attempt.timeLimit = end - clock.uptime
      guard attempt.timeLimit > .zero else { throw .proxyUnreachable }
      let following = proxies.count - index - 1
      if following > 0 { attempt.connectLimit = min(Self.longestConnect, attempt.timeLimit / (following + 1)) }
      do {
        return try await driver.perform(attempt)
      } catch {
        guard following == 0 || !Self.allows(repetition, after: error) else { continue }
        throw error.provesNothingSent && error != .invalidRequest ? .proxyUnreachable : error
      }
    }
    throw .proxyUnreachable
  }

  private static func allows(_ repetition: Repetition, after error: HTTPTransportError) -> Bool {
    switch error {
    case .timedOut(.notSent), .unreachable(.notSent): true
    case .unreachable(.unknown): repetition == .harmless
    case .timedOut(.unknown), .proxyUnreachable, .tooLarge, .invalidRequest, .shutDown: false
    }
  }
}
