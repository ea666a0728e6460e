import Fleet
import JSON
import Testing
import UpstreamSimulator

@testable import FleetUpstream

@Suite("the token exchange", .timeLimit(.minutes(1)))
struct TokenExchangeTests {
  @Test("a refresh token is presented as the Codex CLI does, and brings three new ones with what they claim")
  func exchange() async throws {
    let account = SimulatedAccount(
      id: UpstreamFixture.account, plan: "team", workspace: .init(id: "ws", label: "Us", seatType: "standard"))
    try await UpstreamFixture.with(account) { fixture in
      let old = fixture.refreshToken
      guard case .tokens(let tokens) = await fixture.exchange() else { throw Unexpected("there are new tokens") }
      #expect(tokens.refreshToken == Secret(fixture.refreshToken) && old != fixture.refreshToken)
      #expect(tokens.accessToken == Secret(fixture.simulator.accessToken(of: UpstreamFixture.account)))
      #expect(tokens.idToken == Secret(fixture.simulator.idToken(of: UpstreamFixture.account)))
      #expect(
        tokens.claims
          == IdentityClaims(
            email: "someone@example.com", planType: "team", chatGPTAccountID: "acct-someone",
            chatGPTUserID: "user-someone", workspaceID: "ws", workspaceLabel: "Us", seatType: "standard"))
      let request = try #require(fixture.simulator.requests.first)
      #expect(request.method == "POST" && request.path == "/oauth/token")
      #expect(request.header("content-type") == "application/json")
      #expect(request.header("authorization") == nil)
      let body = try JSONReader.parse(request.body)
      #expect(
        body
          == [
            "grant_type": "refresh_token", "client_id": "app_EMoamEEZ73f0CkXaXp7hrann", "refresh_token": .string(old),
            "scope": "openid profile email",
          ])
    }
  }

  @Test(
    "a failure carries the code, and no text",
    arguments: [
      (.object(code: " Refresh_Token_Reused ", message: "secret"), 401, "refresh_token_reused"),
      (.text("invalid_grant", description: "secret"), 400, "invalid_grant"), (.none, 503, nil),
    ] as [(UpstreamBehaviour.ErrorBody, Int, String?)])
  func refused(body: UpstreamBehaviour.ErrorBody, status: Int, code: String?) async throws {
    try await UpstreamFixture.with { fixture in
      fixture.simulator.behave(UpstreamBehaviour(.error(status: status, body)), call: .token)
      #expect(await fixture.exchange() == .failure(UpstreamFailure(.status(status), errorCode: code)))
      // Not even what may pass is tried again: the token may have been used up all the same.
      #expect(fixture.simulator.counters.tokenRequests == 1)
    }
  }

  @Test(
    "an answer without all three tokens is a failure",
    arguments: [
      "{}", "", "[]", #"{"access_token":"a","refresh_token":"r"}"#, #"{"access_token":"a","id_token":"i"}"#,
      #"{"refresh_token":"r","id_token":"i"}"#, #"{"access_token":"","refresh_token":"r","id_token":"i"}"#,
      #"{"access_token":"a","refresh_token":7,"id_token":"i"}"#,
    ])
  func incomplete(body: String) async throws {
    try await UpstreamFixture.with { fixture in
      fixture.simulator.behave(.body(body), call: .token)
      #expect(await fixture.exchange() == .failure(UpstreamFailure(.invalidPayload)))
      #expect(fixture.simulator.counters.tokenRequests == 1)
    }
  }

  @Test("an id token that cannot be read claims nothing, and the tokens count all the same")
  func unreadableIDToken() async throws {
    try await UpstreamFixture.with { fixture in
      fixture.simulator.behave(.body(#"{"access_token":"a","refresh_token":"r","id_token":"x"}"#), call: .token)
      let tokens = NewTokens(
        accessToken: Secret("a"), refreshToken: Secret("r"), idToken: Secret("x"), claims: IdentityClaims())
      #expect(await fixture.exchange() == .tokens(tokens))
    }
  }

  @Test(
    "a token whose request may have arrived is not presented again",
    arguments: [UpstreamBehaviour.Answer.dropBeforeHead, .dropInBody, .never])
  func once(answer: UpstreamBehaviour.Answer) async throws {
    try await UpstreamFixture.with(timeLimit: .seconds(answer == .never ? 2 : 10)) { fixture in
      fixture.simulator.behave(UpstreamBehaviour(answer), call: .token)
      let kind: UpstreamFailure.Kind = answer == .never ? .timedOut : .unreachable
      #expect(await fixture.exchange() == .failure(UpstreamFailure(kind)))
      #expect(fixture.simulator.counters.tokenRequests == 1)
    }
  }

  @Test("a connection that could not be made is tried again: nothing was sent")
  func unsent() async throws {
    try await UpstreamFixture.with { fixture in
      await fixture.simulator.stop()
      #expect(await fixture.exchange() == .failure(UpstreamFailure(.unreachable)))
      #expect(fixture.clock.pauses == [.milliseconds(500), .milliseconds(500)])
    }
  }

  @Test("half of the time belongs to the answer, the rest is shared by those that may be tried")
  func connectLimits() throws {
    func limit(
      left: Duration, reserve: Duration = .seconds(4), following: Int = 0
    ) -> (time: Duration, connect: Duration?)? {
      let request = HTTPRequest(url: "", headers: [], timeLimit: .zero, answerReserve: reserve, bodyLimit: 0)
      return RoutedRequests.attempt(request, through: nil, within: left, following: following).map {
        ($0.timeLimit, $0.connectLimit)
      }
    }
    #expect(try #require(limit(left: .seconds(8))) == (.seconds(8), .seconds(3)))
    #expect(try #require(limit(left: .seconds(8), following: 3)) == (.seconds(8), .seconds(1)))
    #expect(try #require(limit(left: .milliseconds(4_500))) == (.milliseconds(4_500), .milliseconds(500)))
    #expect(limit(left: .milliseconds(4_050)) == nil)
    #expect(limit(left: .seconds(3)) == nil)
    // A question may take all of its time; only those behind it need some.
    #expect(try #require(limit(left: .milliseconds(50), reserve: .zero)) == (.milliseconds(50), nil))
    #expect(try #require(limit(left: .seconds(10), reserve: .zero, following: 1)) == (.seconds(10), .seconds(3)))
    #expect(limit(left: .zero, reserve: .zero) == nil)
  }

  @Test("an exchange keeps half of its time for the answer")
  func reserve() async throws {
    let driver = try CurlDriver()
    let endpoint = try TokenEndpoint(
      baseURL: "http://127.0.0.1:9", driver: driver, userAgent: "tests", clock: SkippingClock())
    let request = endpoint.http(TokenRequest(refreshToken: Secret("r"), route: .direct), within: .seconds(8))
    #expect(request.answerReserve == .seconds(4))
    await driver.shutdown()
  }

  @Test(
    "an address that cannot be used is refused, naming the flag", arguments: ["", "auth.openai.com", "https://a@b"])
  func address(text: String) async throws {
    let driver = try CurlDriver()
    #expect {
      try TokenEndpoint(baseURL: text, driver: driver, userAgent: "tests", clock: SkippingClock())
    } throws: {
      "\($0)".contains("--auth-url")
    }
    await driver.shutdown()
  }
}
