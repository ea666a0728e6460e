import Fleet
import Testing
import UpstreamSimulator

@Suite("the usage call", .timeLimit(.minutes(1)))
struct UsageCallTests {
  @Test("every member of a payload arrives")
  func everyMember() async throws {
    typealias Window = SimulatedAccount.Window
    let account = SimulatedAccount(
      id: UpstreamFixture.account, plan: "pro",
      workspace: .init(id: "ws-1", label: "A workspace", seatType: "standard"),
      usage: .init(
        primary: Window(usedPercent: 12.5, limitWindowSeconds: 18_000, resetAfterSeconds: 77, resetAt: 1_800_000_000),
        secondary: Window(usedPercent: 0, limitWindowSeconds: 604_800, resetAfterSeconds: 302_400),
        credits: .init(has: true, unlimited: false, balance: "12.50"),
        additional: .list([
          .init(name: "gpt-5.3-codex-spark", feature: "codex_bengalfox", primary: Window(usedPercent: 3)),
          .init(name: nil, feature: "other", primary: nil, secondary: Window(usedPercent: nil)),
        ])))
    try await UpstreamFixture.with(account) { fixture in
      let expected = UsagePayload(
        planType: "pro", workspaceID: "ws-1", workspaceLabel: "A workspace", seatType: "standard",
        primary: .init(
          usedPercent: 12.5, resetAt: 1_800_000_000, resetAfterSeconds: 77, limitWindowSeconds: 18_000),
        secondary: .init(usedPercent: 0, resetAfterSeconds: 302_400, limitWindowSeconds: 604_800),
        credits: UsageSample.Credits(has: true, unlimited: false, balance: 12.5),
        additional: [
          .init(
            limitName: "gpt-5.3-codex-spark", meteredFeature: "codex_bengalfox", primary: .init(usedPercent: 3),
            secondary: nil),
          .init(limitName: nil, meteredFeature: "other", primary: nil, secondary: .init(usedPercent: nil)),
        ])
      #expect(await fixture.ask() == .payload(expected))
      #expect(fixture.simulator.counters.usageRequests == 1)
    }
  }

  @Test("no additional limits and an empty list of them are told apart")
  func additionalLimits() async throws {
    try await UpstreamFixture.with { fixture in
      fixture.simulator.setUsage(.init(additional: .absent), of: UpstreamFixture.account)
      let absent = try #require(await fixture.ask().payload)
      fixture.simulator.setUsage(.init(additional: .empty), of: UpstreamFixture.account)
      let empty = try #require(await fixture.ask().payload)
      #expect(absent.additional == nil)
      #expect(empty.additional == [])
    }
  }

  @Test("a request names the token, the account and what it accepts, and nothing is sent twice")
  func headers() async throws {
    try await UpstreamFixture.with { fixture in
      _ = await fixture.ask()
      let request = try #require(fixture.simulator.requests.first)
      #expect(request.method == "GET")
      #expect(request.path == "/backend-api/wham/usage")
      #expect(request.header("authorization") == "Bearer \(fixture.simulator.accessToken(of: UpstreamFixture.account))")
      #expect(request.header("accept") == "application/json")
      #expect(request.header("chatgpt-account-id") == "acct-someone")
      #expect(request.header("user-agent") == "fleet-tests/1")
      #expect(Set(request.headers.map(\.name)).count == request.headers.count)
      #expect(request.body.isEmpty)
    }
  }

  @Test(
    "an account identifier that is missing or made up is not sent",
    arguments: [nil, "", "email_0a1b", "local_0a1b"] as [String?])
  func madeUpIdentifier(_ id: String?) async throws {
    try await UpstreamFixture.with { fixture in
      let token = fixture.request.accessToken
      let answer = await fixture.endpoint.usage(
        for: UsageRequest(accessToken: token, chatGPTAccountID: id, route: .direct))
      #expect(answer.payload != nil)
      let request = try #require(fixture.simulator.requests.first)
      #expect(!request.headers.contains { $0.name == "chatgpt-account-id" })
    }
  }

  @Test(
    "a real account identifier is sent as it stands", arguments: ["acct-1", "Email_1", "my-local_1", "org 1/ü"])
  func realIdentifier(_ id: String) async throws {
    try await UpstreamFixture.with { fixture in
      let token = fixture.request.accessToken
      _ = await fixture.endpoint.usage(for: UsageRequest(accessToken: token, chatGPTAccountID: id, route: .direct))
      #expect(fixture.simulator.requests.first?.header("chatgpt-account-id") == id)
    }
  }

  @Test(
    "a token or identifier that could smuggle in a header line is never sent",
    arguments: [
      ("token\r\nX-Smuggled: 1", "acct"), ("token\nX-Smuggled: 1", "acct"), ("token\u{0}", "acct"),
      ("token", "acct\r\nX-Smuggled: 1"), ("token", "acct\u{7F}"),
    ])
  func headerInjection(_ token: String, _ id: String) async throws {
    try await UpstreamFixture.with { fixture in
      let answer = await fixture.endpoint.usage(
        for: UsageRequest(accessToken: Secret(token), chatGPTAccountID: id, route: .direct))
      #expect(answer.failure?.kind == .unreachable)
      #expect(fixture.simulator.counters.connectionsAccepted == 0)
      #expect(fixture.simulator.requests.isEmpty)
    }
  }
}
