internal import CodexLogin
internal import Fleet
internal import JSON

/// The provider's login service.
struct TokenEndpoint: TokenUpstream {
  private let requests: RoutedRequests
  private let url: String
  private let userAgent: String
  private let clock: any FleetClock
  private let timeLimit: Duration

  /// The Codex CLI, for which the tokens were issued.
  private static let clientID = "app_EMoamEEZ73f0CkXaXp7hrann"
  private static let scope = "openid profile email"
  /// How many bytes an answer may have; a usual one has about five kilobytes.
  private static let bodyLimit = 1 << 20
  /// The part of the time limit that belongs to the answer: a token that is presented in the last moment is as good as
  /// lost, for nobody waits for what takes its place.
  private var answerReserve: Duration { timeLimit / 2 }
  private static let attempts = 3
  private static let pause = Duration.milliseconds(500)
  /// How often an answer is read for which there is no memory: six seconds' worth, in which the claim on the account's
  /// tokens does not run out.
  private static let readings = 12

  /// Prepares the service at a base address.
  ///
  /// - Parameters:
  ///   - baseURL: an http or https address; `/oauth/token` is added.
  ///   - driver: runs the requests; shared, and shut down by whoever made it.
  ///   - userAgent: how the requests name this program.
  ///   - timeLimit: for one exchange, with all its attempts and the pauses between them.
  init(
    baseURL: String, driver: CurlDriver, userAgent: String, clock: any FleetClock, timeLimit: Duration = .seconds(8)
  ) throws(InvalidAddress) {
    url = try BaseAddress(baseURL, setting: "--auth-url", example: "https://auth.openai.com").text + "/oauth/token"
    requests = RoutedRequests(driver: driver, clock: clock)
    self.userAgent = userAgent
    self.clock = clock
    self.timeLimit = timeLimit
  }

  /// Presents a refresh token. It is presented again only when nothing of the request can have been sent: a token works
  /// once.
  func exchange(_ request: TokenRequest) async -> TokenAnswer {
    let started = clock.uptime
    var attempt = 1
    while true {
      let remaining = timeLimit - (clock.uptime - started)
      do {
        let response = try await requests.perform(
          http(request, within: remaining), by: request.route, repeating: .onlyUnsent)
        return await answer(response)
      } catch {
        guard error.provesNothingSent, error != .invalidRequest, attempt < Self.attempts,
          clock.uptime - started + Self.pause < timeLimit - answerReserve
        else { return .failure(UpstreamFailure(error)) }
      }
      // Nothing cancels the task this runs in; were it cancelled all the same, the next attempt comes at once.
      try? await clock.sleep(for: Self.pause)
      attempt += 1
    }
  }

  /// Reads the login service's answer: 2xx with all three tokens, or a failure.
  ///
  /// The tokens in it are nowhere else. Where there is no memory for them now, there may be in a moment.
  private func answer(_ response: HTTPResponse) async -> TokenAnswer {
    guard (200...299).contains(response.status) else {
      return .failure(UpstreamFailure(response, now: clock.now))
    }
    var reading = 1
    while true {
      do throws(JSONSyntaxError) {
        return NewTokens(try JSONReader.parse(response.body)).map { .tokens($0) }
          ?? .failure(UpstreamFailure(.invalidPayload))
      } catch {
        guard error.reason == .outOfMemory, reading < Self.readings else {
          return .failure(UpstreamFailure(.invalidPayload))
        }
      }
      try? await clock.sleep(for: Self.pause)
      reading += 1
    }
  }

  func http(_ request: TokenRequest, within limit: Duration) -> HTTPRequest {
    let body: JSONValue = [
      "grant_type": "refresh_token", "client_id": .string(Self.clientID),
      "refresh_token": .string(request.refreshToken.withText { $0 }), "scope": .string(Self.scope),
    ]
    return HTTPRequest(
      url: url,
      headers: [
        (name: "Content-Type", value: "application/json"), (name: "Accept", value: "application/json"),
        (name: "User-Agent", value: userAgent),
      ], body: body.serialized(), timeLimit: limit, answerReserve: answerReserve, bodyLimit: Self.bodyLimit)
  }
}

extension NewTokens {
  /// The tokens in an answer's body; nil unless all three are there.
  fileprivate init?(_ body: JSONValue) {
    guard
      let accessToken = body["access_token"]?.stringValue.nonBlank,
      let refreshToken = body["refresh_token"]?.stringValue.nonBlank,
      let idToken = body["id_token"]?.stringValue.nonBlank
    else { return nil }
    // An id token that cannot be read claims nothing; the other two work all the same.
    self.init(
      accessToken: Secret(accessToken), refreshToken: Secret(refreshToken), idToken: Secret(idToken),
      claims: IdentityClaims(idToken: idToken) ?? IdentityClaims())
  }
}
