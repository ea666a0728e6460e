import Fleet
import FleetTestSupport
import ProxySimulator
import Testing
import UpstreamSimulator

@testable import FleetUpstream

@Suite("connections", .timeLimit(.minutes(2)))
struct ConnectionTests {
  @Test("requests side by side share their connections with those that come later")
  func reuse() async throws {
    try await UpstreamFixture.with { fixture in
      let atOnce = 64
      for round in 1...3 {
        fixture.simulator.hold()
        await withTaskGroup(of: UsageAnswer.self) { group in
          for _ in 0..<atOnce { group.addTask { await fixture.ask() } }
          await fixture.simulator.waitForUsageRequests(atOnce * round)
          fixture.simulator.release()
          for await answer in group { #expect(answer.payload != nil) }
        }
      }
      let counters = fixture.simulator.counters
      #expect(counters.usageRequests == 3 * atOnce)
      #expect(counters.usageInProgressAtMost == atOnce)
      #expect(counters.usageInProgress == 0)
      #expect(counters.connectionsAccepted <= atOnce)
    }
  }

  @Test("one slow answer holds up nobody else")
  func slowAnswer() async throws {
    // The slow one has to be still under way when all the quick ones are through, however busy the machine is.
    try await UpstreamFixture.with(timeLimit: .seconds(300)) { fixture in
      fixture.simulator.add(SimulatedAccount(id: "quick"))
      let quick = UsageRequest(
        accessToken: Secret(fixture.simulator.accessToken(of: "quick")), chatGPTAccountID: nil, route: .direct)
      fixture.simulator.behave(UpstreamBehaviour(.never), account: UpstreamFixture.account)
      async let slow = fixture.ask()
      await fixture.simulator.waitForUsageRequests(1)
      for _ in 0..<3 { #expect(await fixture.endpoint.usage(for: quick).payload != nil) }
      #expect(fixture.simulator.counters.usageInProgress == 1)
      await fixture.driver.shutdown()
      #expect(await slow.failure?.kind == .unreachable)
    }
  }

  @Test("a request that waits for another's connection has no more time than its own")
  func waiting() async throws {
    // Accepts, and never says what a TLS server would.
    let silent = try ProxySimulator(.http, behaviour: .silent)
    let driver = try CurlDriver()
    func request(within limit: Duration) -> HTTPRequest {
      HTTPRequest(url: "https://127.0.0.1:\(silent.port)/", headers: [], timeLimit: limit, bodyLimit: 1_024)
    }
    let first = Task { try await driver.perform(request(within: .seconds(300))) }
    await until { silent.counters.connections == 1 }
    await #expect(throws: HTTPTransportError.timedOut(.notSent)) {
      try await driver.perform(request(within: .milliseconds(50)))
    }
    #expect(silent.counters.connections == 1)
    #expect(driver.statistics.inFlight == 1)
    await driver.shutdown()
    await #expect(throws: HTTPTransportError.shutDown) { try await first.value }
    silent.stop()
  }

  @Test("the driver counts what it starts, what is under way and the connections it opens")
  func statistics() async throws {
    let simulator = try await UpstreamSimulator.start()
    let driver = try CurlDriver()
    let request = HTTPRequest(
      url: "\(simulator.baseURL)/wham/usage", headers: [], timeLimit: .seconds(10), bodyLimit: 1_024)
    simulator.hold()
    async let first = driver.perform(request)
    await simulator.waitForUsageRequests(1)
    #expect(driver.statistics.inFlight == 1)
    simulator.release()
    #expect(try await first.status == 401)
    #expect(try await driver.perform(request).status == 401)
    #expect(driver.statistics == CurlDriver.Statistics(started: 2, inFlight: 0, connectionsOpened: 1))
    await driver.shutdown()
    await simulator.stop()
  }

  @Test("a body is posted as it stands")
  func post() async throws {
    let simulator = try await UpstreamSimulator.start()
    simulator.add(SimulatedAccount(id: "someone"))
    let old = simulator.refreshToken(of: "someone")
    let driver = try CurlDriver()
    let exchange = Self.exchange(old, at: simulator)
    #expect(try await driver.perform(exchange).status == 200)
    #expect(simulator.refreshToken(of: "someone") != old)
    #expect(simulator.requests.first?.body == exchange.body)
    #expect(simulator.requests.first?.header("content-type") == "application/json")
    #expect(try await driver.perform(exchange).status == 401)
    #expect(simulator.counters.refreshTokensReused == 1)
    #expect(simulator.isDead("someone"))
    await driver.shutdown()
    await simulator.stop()
  }

  @Test("a body is never sent twice, whatever becomes of the connection")
  func postOnce() async throws {
    let simulator = try await UpstreamSimulator.start()
    simulator.add(SimulatedAccount(id: "someone"))
    let driver = try CurlDriver()
    // Leaves a connection behind: on such a one libcurl would try again by itself, and use a token up twice.
    let question = HTTPRequest(
      url: "\(simulator.baseURL)/wham/usage", headers: [], timeLimit: .seconds(10), bodyLimit: 1_024)
    _ = try await driver.perform(question)
    simulator.behave(UpstreamBehaviour(.dropBeforeHead), call: .token)
    let exchange = Self.exchange(simulator.refreshToken(of: "someone"), at: simulator)
    await #expect(throws: HTTPTransportError.unreachable(.unknown)) { try await driver.perform(exchange) }
    #expect(simulator.counters.tokenRequests == 1)
    await driver.shutdown()
    await simulator.stop()
  }

  private static func exchange(_ refreshToken: String, at simulator: UpstreamSimulator) -> HTTPRequest {
    let body = """
      {"grant_type": "refresh_token", "client_id": "app_EMoamEEZ73f0CkXaXp7hrann",
      "refresh_token": "\(refreshToken)", "scope": "openid profile email"}
      """
    return HTTPRequest(
      url: "\(simulator.baseURL)/oauth/token", headers: [(name: "Content-Type", value: "application/json")],
      body: Array(body.utf8), timeLimit: .seconds(10), bodyLimit: 1 << 16)
  }

  @Test("shutting down answers those who wait, and whoever asks later")
  func shutdown() async throws {
    try await UpstreamFixture.with { fixture in
      fixture.simulator.behave(UpstreamBehaviour(.never))
      await withTaskGroup(of: UsageAnswer.self) { group in
        for _ in 0..<8 { group.addTask { await fixture.ask() } }
        await fixture.simulator.waitForUsageRequests(8)
        await fixture.driver.shutdown()
        for await answer in group { #expect(answer == .failure(UpstreamFailure(.unreachable))) }
      }
      #expect(await fixture.ask() == .failure(UpstreamFailure(.unreachable)))
      #expect(fixture.simulator.counters.usageRequests == 8)
      await fixture.driver.shutdown()
    }
  }

  @Test("shutting down a driver from many places at once ends it once")
  func shutdownAtOnce() async throws {
    let driver = try CurlDriver()
    await withTaskGroup { group in
      for _ in 0..<16 { group.addTask { await driver.shutdown() } }
    }
    let request = HTTPRequest(
      url: "http://127.0.0.1:1/", headers: [], timeLimit: .seconds(1), bodyLimit: 1)
    await #expect(throws: HTTPTransportError.shutDown) { try await driver.perform(request) }
  }
}
