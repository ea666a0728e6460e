public import Fleet

/// The provider's usage API.
public struct UsageEndpoint: UsageUpstream {
  /// An address that cannot be used.
  public struct InvalidAddress: Error, CustomStringConvertible {
    /// What is wrong with it, and what is right.
    public let description: String
  }

  private let driver: CurlDriver
  private let url: String
  private let userAgent: String
  private let clock: any FleetClock
  private let policy: RetryPolicy

  /// How many bytes an answer may have; a usual one has about one kilobyte.
  static let bodyLimit = 1 << 20

  /// Prepares the API at a base address.
  ///
  /// - Parameters:
  ///   - baseURL: an http or https address; `/backend-api` is added unless its path has it already.
  ///   - userAgent: how the requests name this program.
  ///   - timeLimit: for one question, with all its attempts and the pauses between them.
  /// - Throws: `InvalidAddress`.
  public init(
    baseURL: String, userAgent: String, clock: any FleetClock, timeLimit: Duration = .seconds(10)
  ) throws {
    url = try Self.usageURL(baseURL)
    driver = try CurlDriver()
    self.userAgent = userAgent
    self.clock = clock
    policy = RetryPolicy(timeLimit: timeLimit)
  }

  /// Asks, up to three times while what goes wrong may pass, and always ends within the time limit.
  public func usage(for request: UsageRequest) async -> UsageAnswer {
    let started = clock.uptime
    var attempt = 1
    while true {
      let remaining = policy.timeLimit - (clock.uptime - started)
      guard remaining > .zero else { return .failure(UpstreamFailure(.timedOut)) }
      let answer = await ask(request, within: remaining)
      guard case .failure(let failure) = answer,
        let pause = policy.pause(
          after: failure, attempt: attempt, elapsed: clock.uptime - started, jitter: .random(in: 0...1))
      else { return answer }
      // Nothing cancels the task this runs in; were it cancelled all the same, the next attempt comes at once.
      try? await clock.sleep(for: pause)
      attempt += 1
    }
  }

  /// Ends all requests on their way and closes all connections.
  public func shutdown() async { await driver.shutdown() }

  private func ask(_ request: UsageRequest, within limit: Duration) async -> UsageAnswer {
    let http = HTTPRequest(
      body: nil, url: url, headers: headers(for: request), timeLimit: limit, bodyLimit: Self.bodyLimit)
    do {
      return UsageAnswer(try await driver.perform(http), now: clock.now)
    } catch {
      switch error {
      case .timedOut: return .failure(UpstreamFailure(.timedOut))
      case .tooLarge: return .failure(UpstreamFailure(.invalidPayload))
      case .unreachable, .shutDown, .invalidRequest: return .failure(UpstreamFailure(.unreachable))
      }
    }
  }

  private func headers(for request: UsageRequest) -> [(name: String, value: String)] {
    var headers = request.accessToken.withText { token in
      [("Authorization", "Bearer \(token)"), ("Accept", "application/json"), ("User-Agent", userAgent)]
    }
    if let id = request.chatGPTAccountID, !id.isEmpty, !Self.isMadeUp(id) {
      headers.append(("chatgpt-account-id", id))
    }
    return headers.map { (name: $0.0, value: $0.1) }
  }

  /// Whether an account identifier was made up for want of a real one: the provider does not know it.
  private static func isMadeUp(_ id: String) -> Bool { id.hasPrefix("email_") || id.hasPrefix("local_") }
}
