internal import Fleet

/// The provider's usage API.
struct UsageEndpoint: UsageUpstream {
  private let requests: RoutedRequests
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
  ///   - driver: runs the requests; shared, and shut down by whoever made it.
  ///   - userAgent: how the requests name this program.
  ///   - timeLimit: for one question, with all its attempts and the pauses between them.
  init(
    baseURL: String, driver: CurlDriver, userAgent: String, clock: any FleetClock,
    timeLimit: Duration = .seconds(10)
  ) throws(InvalidAddress) {
    url = try Self.usageURL(baseURL)
    requests = RoutedRequests(driver: driver, clock: clock)
    self.userAgent = userAgent
    self.clock = clock
    policy = RetryPolicy(timeLimit: timeLimit)
  }

  /// The usage call's address below a base address.
  static func usageURL(_ base: String) throws(InvalidAddress) -> String {
    let address = try BaseAddress(base, setting: "--upstream-url", example: "https://chatgpt.com/backend-api")
    return address.text + ((address.path + "/").contains("/backend-api/") ? "" : "/backend-api") + "/wham/usage"
  }

  /// Asks, up to three times while what goes wrong may pass, and always ends within the time limit.
  func usage(for request: UsageRequest) async -> UsageAnswer {
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

  private func ask(_ request: UsageRequest, within limit: Duration) async -> UsageAnswer {
    let http = HTTPRequest(url: url, headers: headers(for: request), timeLimit: limit, bodyLimit: Self.bodyLimit)
    do {
      let response = try await requests.perform(http, by: request.route, repeating: .harmless)
      return UsageAnswer(response, now: clock.now)
    } catch {
      return .failure(UpstreamFailure(error))
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
