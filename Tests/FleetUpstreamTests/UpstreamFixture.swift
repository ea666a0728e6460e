import Fleet
import FleetUpstream
import Testing
import UpstreamSimulator

/// A simulated provider with one account, and an endpoint that asks it.
struct UpstreamFixture {
  let simulator: UpstreamSimulator
  let endpoint: UsageEndpoint
  let clock: SkippingClock

  /// The account's name at the provider.
  static let account = "someone"

  /// A question for the account, with the token that holds now.
  var request: UsageRequest {
    UsageRequest(
      accessToken: Secret(simulator.accessToken(of: Self.account)), chatGPTAccountID: "acct-\(Self.account)")
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
    let endpoint = try UsageEndpoint(
      baseURL: simulator.baseURL, userAgent: "fleet-tests/1", clock: clock, timeLimit: timeLimit)
    let fixture = UpstreamFixture(simulator: simulator, endpoint: endpoint, clock: clock)
    do {
      try await body(fixture)
    } catch {
      await fixture.tearDown()
      throw error
    }
    await fixture.tearDown()
  }

  private func tearDown() async {
    await endpoint.shutdown()
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
