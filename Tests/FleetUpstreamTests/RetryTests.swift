import Fleet
import Testing
import UpstreamSimulator

@Suite("retries", .timeLimit(.minutes(1)))
struct RetryTests {
  @Test(
    "a status that may pass is retried, and the answer that comes then counts",
    arguments: [408, 429, 500, 502, 503, 504])
  func passing(_ status: Int) async throws {
    try await UpstreamFixture.with { fixture in
      fixture.simulator.behave(.status(status), next: 2)
      #expect(await fixture.ask().payload != nil)
      #expect(fixture.simulator.counters.usageRequests == 3)
      #expect(fixture.clock.pauses.count == 2)
    }
  }

  @Test("a status that stays is reported after three attempts", arguments: [408, 429, 500, 502, 503, 504])
  func staying(_ status: Int) async throws {
    try await UpstreamFixture.with { fixture in
      fixture.simulator.behave(.status(status))
      #expect(await fixture.ask() == .failure(UpstreamFailure(.status(status))))
      #expect(fixture.simulator.counters.usageRequests == 3)
    }
  }

  @Test(
    "a status that will not pass is reported at once", arguments: [400, 401, 402, 403, 404, 409, 410, 422, 501, 505])
  func final(_ status: Int) async throws {
    try await UpstreamFixture.with { fixture in
      fixture.simulator.behave(.status(status))
      #expect(await fixture.ask() == .failure(UpstreamFailure(.status(status))))
      #expect(fixture.simulator.counters.usageRequests == 1)
      #expect(fixture.clock.pauses.isEmpty)
    }
  }

  @Test("a connection that breaks is retried", arguments: [UpstreamBehaviour.Answer.dropBeforeHead, .dropInBody])
  func brokenConnection(_ answer: UpstreamBehaviour.Answer) async throws {
    try await UpstreamFixture.with { fixture in
      fixture.simulator.behave(UpstreamBehaviour(answer), next: 2)
      #expect(await fixture.ask().payload != nil)
      #expect(fixture.simulator.counters.usageRequests == 3)
    }
  }

  @Test(
    "a connection that breaks every time is given up",
    arguments: [UpstreamBehaviour.Answer.dropBeforeHead, .dropInBody])
  func alwaysBroken(_ answer: UpstreamBehaviour.Answer) async throws {
    try await UpstreamFixture.with { fixture in
      fixture.simulator.behave(UpstreamBehaviour(answer))
      #expect(await fixture.ask() == .failure(UpstreamFailure(.unreachable)))
      #expect(fixture.simulator.counters.usageRequests == 3)
    }
  }

  @Test("a kept connection that breaks costs one unanswered request more, on a new connection, and no attempt")
  func brokenKeptConnection() async throws {
    try await UpstreamFixture.with { fixture in
      #expect(await fixture.ask().payload != nil)
      fixture.simulator.behave(UpstreamBehaviour(.dropBeforeHead))
      #expect(await fixture.ask() == .failure(UpstreamFailure(.unreachable)))
      #expect(fixture.simulator.counters.usageRequests == 1 + 1 + 3)
    }
  }

  @Test("what the server asks for is waited, in seconds or until an instant")
  func retryAfter() async throws {
    try await UpstreamFixture.with { fixture in
      // The fixture's clock shows 1994-11-06 08:49:37 at first, and 08:49:40 at the second failure.
      fixture.simulator.behave(.status(429, retryAfter: "3"), next: 1)
      fixture.simulator.behave(.status(503, retryAfter: "Sun, 06 Nov 1994 08:49:44 GMT"), next: 1)
      #expect(await fixture.ask().payload != nil)
      #expect(fixture.clock.pauses == [.seconds(3), .seconds(4)])
    }
  }

  @Test("who asks for more time than there is is not asked again, and the time is reported")
  func retryAfterBeyondLimit() async throws {
    try await UpstreamFixture.with { fixture in
      fixture.simulator.behave(.status(429, retryAfter: "30"))
      #expect(await fixture.ask() == .failure(UpstreamFailure(.status(429), retryAfter: .seconds(30))))
      #expect(fixture.simulator.counters.usageRequests == 1)
    }
  }

  @Test("a payload that makes no sense is not asked for again")
  func invalidPayload() async throws {
    try await UpstreamFixture.with { fixture in
      fixture.simulator.behave(.body("not JSON"))
      #expect(await fixture.ask() == .failure(UpstreamFailure(.invalidPayload)))
      #expect(fixture.simulator.counters.usageRequests == 1)
    }
  }
}
