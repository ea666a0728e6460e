import FleetTestSupport
import Testing

@testable import Fleet

@Suite("Renewing a refused login", .timeLimit(.minutes(5)))
struct TokenRenewalTests {
  let bench = RefreshBench(accounts: 1)
  let id = AccountID("acc-10")

  private func refuse() { bench.upstream.refuse("token-acc-10") }

  @Test(
    "no exchange without a 401", arguments: [UpstreamFailure.Kind.status(403), .status(500), .timedOut, .unreachable])
  func notRefused(kind: UpstreamFailure.Kind) async throws {
    bench.upstream.answer(.failure(UpstreamFailure(kind)))
    _ = try await bench.onlyOutcome()
    #expect(bench.upstream[\.exchanges].isEmpty && bench.store[\.claimsTaken] == 0)
  }

  @Test("a refused access token is renewed, stored, and then used once")
  func renewed() async throws {
    refuse()
    #expect(try await bench.onlyOutcome().result == .written)
    #expect(bench.upstream[\.exchanges] == [TokenRequest(refreshToken: Secret("refresh-acc-10"), route: .direct)])
    let used = bench.upstream[\.requests].map(\.accessToken)
    #expect(used == [Secret("token-acc-10"), Secret("access-of-refresh-acc-10")])
    #expect(bench.store[\.logins][id]?.refresh == "refresh-acc-10'")
    #expect(bench.store[\.rotations].map(\.used) == [RefreshToken("refresh-acc-10")])
    #expect(bench.observer.events.contains { if case .tokensRotated(id) = $0 { true } else { false } })
    await bench.expectAtRest()
  }

  @Test("the exchange and the question after it take the account's route")
  func route() async throws {
    let proxy = try #require(ProxyEndpoint(scheme: .socks5h, host: "proxy", port: 1))
    bench.store.change { $0.candidates[id]?.route = .proxy(proxy, fallbacks: []) }
    refuse()
    _ = try await bench.onlyOutcome()
    #expect(bench.upstream[\.exchanges].map(\.route) == [.proxy(proxy, fallbacks: [])])
    #expect(bench.upstream[\.requests].map(\.route) == Array(repeating: .proxy(proxy, fallbacks: []), count: 2))
  }

  @Test("a route that is lost while the login is renewed is not replaced by a direct one")
  func lostRoute() async throws {
    refuse()
    bench.store.change { $0.hooks[.store] = { $0.candidates[AccountID("acc-10")]?.route = nil } }
    #expect(try await bench.onlyOutcome().reason == .proxyUnavailable)
    #expect(bench.upstream[\.requests].count == 1)
  }

  @Test("a login that is refused again starts a cool-down, without another exchange")
  func refusedAgain() async throws {
    bench.upstream.answer(.failure(UpstreamFailure(.status(401))))
    let outcome = try await bench.onlyOutcome()
    #expect(outcome.reason == .upstreamStatus(401) && outcome.blockedUntil == .at(1_000_300))
    #expect(try await bench.onlyOutcome().result == .coolingDown)
    #expect(bench.upstream[\.exchanges].count == 1 && bench.upstream[\.requests].count == 2)
    #expect(bench.store[\.candidates][id]?.account.status == .active)
  }

  @Test("what the second answer means for good counts")
  func endedAfterExchange() async throws {
    refuse()
    bench.upstream.answer(.failure(UpstreamFailure(.status(402))))
    #expect(try await bench.onlyOutcome().reason == .status(.deactivated))
    // Judged is the login that was just stored, not the one that was refused.
    #expect(bench.store[\.retirements].first?.judged.refreshToken == RefreshToken("refresh-acc-10'"))
  }

  @Test(
    "an exchange that fails leaves the login refused, and is not tried again for a while",
    arguments: [
      (UpstreamFailure(.timedOut), "exchange_timeout"), (UpstreamFailure(.unreachable), "exchange_unreachable"),
      (UpstreamFailure(.invalidPayload), "exchange_payload_invalid"),
      (UpstreamFailure(.status(503)), "exchange_5xx"), (UpstreamFailure(.status(429)), "exchange_429"),
      (UpstreamFailure(.status(400), errorCode: "invalid_request"), "exchange_400"),
    ])
  func failed(failure: UpstreamFailure, reason: String) async throws {
    refuse()
    bench.upstream.answerNextExchange(.failure(failure))
    let outcome = try await bench.onlyOutcome()
    #expect(outcome.reason?.rawValue == reason && outcome.blockedUntil == .at(1_000_300))
    #expect(try await bench.onlyOutcome().result == .coolingDown)
    #expect(bench.upstream[\.exchanges].count == 1)
    #expect(bench.store[\.logins][id] == nil && bench.store[\.retirements].isEmpty)
    await bench.expectAtRest()
  }

  @Test("an exchange that no proxy lets through says nothing about the login")
  func proxyUnreachable() async throws {
    refuse()
    bench.upstream.answerNextExchange(.failure(UpstreamFailure(.proxyUnreachable)))
    #expect(try await bench.onlyOutcome() == RefreshOutcome(accountID: id, result: .failed, reason: .proxyUnavailable))
    #expect(try await bench.onlyOutcome().result == .written)
  }

  @Test("a code that says something for good ends the login", arguments: ["invalid_grant", "account_suspended"])
  func permanent(code: String) async throws {
    refuse()
    bench.upstream.answerNextExchange(.failure(UpstreamFailure(.status(401), errorCode: code)))
    let status: AccountStatus = code == "invalid_grant" ? .reauthRequired : .deactivated
    #expect(try await bench.onlyOutcome() == RefreshOutcome(accountID: id, result: .failed, reason: .status(status)))
    let retirement = try #require(bench.store[\.retirements].first)
    #expect(retirement.status == status && retirement.reason == "token exchange: \(code)")
    #expect(try await bench.onlyOutcome().result == .skipped)
    await bench.expectAtRest()
  }

  @Test("a login that was replaced while the old one was being ended is adopted")
  func replacedWhileEnding() async throws {
    refuse()
    bench.upstream.answerNextExchange(.failure(UpstreamFailure(.status(401), errorCode: "refresh_token_reused")))
    bench.store.change { $0.hooks[.retire] = { $0.write("fresh", access: "fresh-access", of: AccountID("acc-10")) } }
    #expect(try await bench.onlyOutcome().result == .written)
    #expect(bench.store[\.retirements].isEmpty)
    #expect(bench.upstream[\.requests].last?.accessToken == Secret("fresh-access"))
  }

  @Test("a login without a refresh token, or with one that cannot be read, is not exchanged", arguments: ["", nil])
  func noRefreshToken(token: String?) async throws {
    bench.store.change { $0.write(token, access: "token-acc-10", of: id) }
    refuse()
    let outcome = try await bench.onlyOutcome()
    #expect(outcome.reason == (token == nil ? .tokenUndecryptable : .tokenMissing))
    #expect(bench.upstream[\.exchanges].isEmpty)
  }

  @Test("everything about the account is read again after its login was renewed")
  func readAgain() async throws {
    bench.store.change { state in
      state.hooks[.store] = { $0.candidates[AccountID("acc-10")]?.account.workspaceID = "w" }
    }
    refuse()
    bench.upstream.answer(.payload(UsagePayload(workspaceID: "w", primary: .init(usedPercent: 1))))
    #expect(try await bench.onlyOutcome().result == .written)
    #expect(bench.store[\.writes].map(\.workspaceID) == ["w"])
  }

  @Test("an account that was paused meanwhile keeps its new tokens and is not asked for")
  func pausedMeanwhile() async throws {
    refuse()
    bench.store.change { state in
      state.hooks[.store] = { $0.candidates[AccountID("acc-10")]?.account.status = .paused }
    }
    #expect(try await bench.onlyOutcome().result == .skipped)
    #expect(bench.store[\.logins][id]?.refresh == "refresh-acc-10'" && bench.upstream[\.requests].count == 1)
  }
}
