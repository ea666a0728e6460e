import Fleet
import Testing
import UpstreamSimulator

@testable import FleetUpstream

/// A simulated provider with one account, and the endpoints that ask it.
struct UpstreamFixture {
  let simulator: UpstreamSimulator
  let driver: CurlDriver
  let endpoint: UsageEndpoint
  let tokens: TokenEndpoint
  let clock: SkippingClock

  /// The account's name at the provider.
  static let account = "someone"

  /// A question for the account, with the token that holds now.
  var request: UsageRequest {
    UsageRequest(
      accessToken: Secret(simulator.accessToken(of: Self.account)), chatGPTAccountID: "acct-\(Self.account)",
      route: .direct)
  }

  /// The refresh token that holds now.
  var refreshToken: String { simulator.refreshToken(of: Self.account) }

  /// Exchanges the refresh token that holds now.
  func exchange() async -> TokenAnswer {
    await tokens.exchange(TokenRequest(refreshToken: Secret(refreshToken), route: .direct))
  }

  /// Asks for the account's usage.
  func ask() async -> UsageAnswer { await endpoint.usage(for: request) }

  /// Runs a test with a fixture that is taken down afterwards.
  static func with(
    _ account: SimulatedAccount = SimulatedAccount(id: account), timeLimit: Duration = .seconds(10),
    _ body: (UpstreamFixture) async throws -> Void
  ) async throws {
    let simulator = try await UpstreamSimulator.start()
    simulator.add(account)
    let clock = SkippingClock()
    let driver = try CurlDriver()
    let endpoint = try UsageEndpoint(
      baseURL: simulator.baseURL, driver: driver, userAgent: "fleet-tests/1", clock: clock, timeLimit: timeLimit)
    let tokens = try TokenEndpoint(
      baseURL: simulator.baseURL, driver: driver, userAgent: "fleet-tests/1", clock: clock, timeLimit: timeLimit)
    let fixture = UpstreamFixture(
      simulator: simulator, driver: driver, endpoint: endpoint, tokens: tokens, clock: clock)
    do {
      try await body(fixture)
    } catch {
      await fixture.tearDown()
      throw error
    }
    await fixture.tearDown()
  }

  private func tearDown() async {
    await driver.shutdown()
    await simulator.stop()
  }
}

extension UsageAnswer {
  /// The payload, if this is one.
  var payload: UsagePayload? {
    guard case .payload(let payload) = self else { return nil }
    return payload
  }

  /// The failure, if this is one.
  var failure: UpstreamFailure? {
    guard case .failure(let failure) = self else { return nil }
    return failure
  }
}

/// Ends a test in which something came out that the rest of the test cannot go on from.
struct Unexpected: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
