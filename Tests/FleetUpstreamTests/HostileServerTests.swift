import Fleet
import Testing
import UpstreamSimulator

@testable import FleetUpstream

@Suite("servers that misbehave", .timeLimit(.minutes(1)))
struct HostileServerTests {
  @Test("a server that never answers costs the time limit, once")
  func neverAnswering() async throws {
    try await UpstreamFixture.with(timeLimit: .milliseconds(150)) { fixture in
      fixture.simulator.behave(UpstreamBehaviour(.never))
      #expect(await fixture.ask() == .failure(UpstreamFailure(.timedOut)))
      #expect(fixture.simulator.counters.usageRequests == 1)
    }
  }

  @Test(
    "a body of exactly the limit is read, one byte more is refused", arguments: [(1 << 20, true), (1 << 20 + 1, false)])
  func largeBody(_ bytes: Int, _ isRead: Bool) async throws {
    try await UpstreamFixture.with { fixture in
      fixture.simulator.behave(UpstreamBehaviour(.huge(bytes: bytes)))
      let answer = await fixture.ask()
      #expect(answer == (isRead ? .payload(UsagePayload()) : .failure(UpstreamFailure(.invalidPayload))))
      #expect(fixture.simulator.counters.usageRequests == 1)
    }
  }

  @Test(
    "compression is offered, and the limit is for what a body unpacks to", arguments: [(1_000, false), (4 << 20, true)])
  func compressedBody(_ bytes: Int, _ isRefused: Bool) async throws {
    let simulator = try await UpstreamSimulator.start()
    simulator.behave(.gzipBomb(bytes: bytes))
    let driver = try CurlDriver()
    let request = HTTPRequest(
      url: "\(simulator.baseURL)/wham/usage", headers: [], timeLimit: .seconds(10), bodyLimit: 1 << 20)
    do {
      let response = try await driver.perform(request)
      #expect(!isRefused)
      #expect(response.body.count >= bytes && response.body.allSatisfy { $0 == UInt8(ascii: " ") })
    } catch {
      #expect(isRefused && error == .tooLarge)
    }
    #expect(simulator.requests.first?.header("accept-encoding")?.contains("gzip") == true)
    await driver.shutdown()
    await simulator.stop()
  }

  @Test("a redirect is reported, not followed", arguments: ["/elsewhere", "file:///etc/passwd"])
  func redirect(_ address: String) async throws {
    try await UpstreamFixture.with { fixture in
      fixture.simulator.behave(UpstreamBehaviour(.redirect(to: address)))
      #expect(await fixture.ask() == .failure(UpstreamFailure(.status(302))))
      #expect(fixture.simulator.requests.map(\.path) == ["/backend-api/wham/usage"])
    }
  }

  @Test("a redirect to another server takes no token there")
  func redirectElsewhere() async throws {
    let other = try await UpstreamSimulator.start()
    try await UpstreamFixture.with { fixture in
      fixture.simulator.behave(UpstreamBehaviour(.redirect(to: "\(other.baseURL)/wham/usage")))
      #expect(await fixture.ask().failure?.kind == .status(302))
    }
    #expect(other.counters.connectionsAccepted == 0)
    await other.stop()
  }

  @Test("a port where nobody listens is unreachable, after three attempts")
  func refusedPort() async throws {
    try await UpstreamFixture.with { fixture in
      await fixture.simulator.stop()
      #expect(await fixture.ask() == .failure(UpstreamFailure(.unreachable)))
      #expect(fixture.clock.pauses.count == 2)
    }
  }

  @Test("a huge header block is refused")
  func hugeHeaders() async throws {
    try await UpstreamFixture.with { fixture in
      let headers = (0..<40).map { UpstreamBehaviour.Header("X-\($0)", String(repeating: "x", count: 2_000)) }
      fixture.simulator.behave(UpstreamBehaviour(.raw(status: 200, body: Array("{}".utf8), headers: headers)))
      #expect(await fixture.ask() == .failure(UpstreamFailure(.invalidPayload)))
    }
  }

  @Test(
    "an error's code is taken from every shape, trimmed and in lower case, and no text with it",
    arguments: [
      (.object(code: " Token_Expired ", message: "secret text"), "token_expired", false),
      (.text("Invalid_Grant", description: "secret text"), "invalid_grant", false),
      (.object(code: "other", message: "Your account HAS been deactivated"), "other", true),
      (.object(code: "other", message: "This Account Has Been Deactivated."), "other", true),
      (.text("other", description: "the account has been deactivated"), "other", true),
      (.message("account has been deactivated"), nil, true),
      (.message("something else"), nil, false), (.object(code: "  ", message: "x"), nil, false), (.none, nil, false),
    ] as [(UpstreamBehaviour.ErrorBody, String?, Bool)])
  func errorCode(_ body: UpstreamBehaviour.ErrorBody, _ expected: String?, _ saysDeactivated: Bool) async throws {
    try await UpstreamFixture.with { fixture in
      fixture.simulator.behave(UpstreamBehaviour(.error(status: 401, body)))
      let answer = await fixture.ask()
      #expect(
        answer
          == .failure(UpstreamFailure(.status(401), errorCode: expected, saysDeactivated: saysDeactivated)))
      #expect(!String(reflecting: answer).contains("secret text"))
    }
  }

  @Test(
    "an error body that is no JSON is an error all the same",
    arguments: ["", "<html>", "[]", "{\"error\": 5}", "{\"error\": {\"code\": []}}"])
  func unreadableError(_ body: String) async throws {
    try await UpstreamFixture.with { fixture in
      fixture.simulator.behave(UpstreamBehaviour(.raw(status: 403, body: Array(body.utf8), headers: [])))
      #expect(await fixture.ask() == .failure(UpstreamFailure(.status(403))))
    }
  }
}
