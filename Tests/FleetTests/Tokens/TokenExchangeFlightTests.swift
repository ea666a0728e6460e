import FleetTestSupport
import Testing

@testable import Fleet

@Suite("A token exchange against rivals and trouble", .timeLimit(.minutes(5)))
struct TokenExchangeFlightTests {
  let bench = RefreshBench(accounts: 1)
  let id = AccountID("acc-10")

  init() { bench.upstream.refuse("token-acc-10") }

  private func isHeld(by holder: String = "rival") { bench.store.change { $0.claims[AccountID("acc-10")] = holder } }

  /// Lets the waits for a claim pass until the refresh has ended.
  private func outcomeWhilePolling(_ whenWaiting: () -> Void = {}) async throws -> RefreshOutcome {
    let refresh = bench.start()
    // One sleeper waits for the claim, the other watches the patience of who needs the login.
    await bench.clock.sleepers(2)
    whenWaiting()
    for _ in 0..<40 {
      bench.clock.advance(by: .milliseconds(250))
      await until { bench.clock.sleeperCount == 2 || bench.coordinator.statistics.refreshes.inFlight == 0 }
      if bench.coordinator.statistics.refreshes.inFlight == 0 { break }
    }
    return try #require(try await refresh.value.outcomes.first)
  }

  // MARK: Claims

  @Test("a held claim is waited for, and the holder's new login adopted without an exchange")
  func adopts() async throws {
    isHeld()
    let outcome = try await outcomeWhilePolling {
      bench.store.change { $0.write("theirs", access: "their-access", of: AccountID("acc-10")) }
    }
    #expect(outcome.result == .written)
    #expect(
      bench.upstream[\.exchanges].isEmpty && bench.upstream[\.requests].last?.accessToken == Secret("their-access"))
    #expect(bench.store[\.claims][id] == "rival")
  }

  @Test("a claim that is given back without a new login is taken, and the token exchanged")
  func takesOver() async throws {
    isHeld()
    let outcome = try await outcomeWhilePolling { bench.store.change { $0.claims = [:] } }
    #expect(outcome.result == .written)
    #expect(bench.upstream[\.exchanges].count == 1)
    await bench.expectAtRest()
  }

  @Test("a claim that is held for more than 8 s is left alone, which says nothing about the login")
  func claimTimeout() async throws {
    isHeld()
    let started = bench.clock.uptime
    let outcome = try await outcomeWhilePolling()
    #expect(outcome == RefreshOutcome(accountID: id, result: .failed, reason: .exchangeClaimed))
    #expect(bench.clock.uptime - started == .seconds(8))
    #expect(bench.upstream[\.exchanges].isEmpty && bench.store[\.claims][id] == "rival")
    bench.store.change { $0.claims = [:] }
    #expect(try await bench.onlyOutcome().result == .written)
  }

  @Test("a login that was renewed before the claim was won is adopted, not exchanged")
  func renewedBeforeClaim() async throws {
    bench.store.change { state in
      state.hooks[.claim] = { $0.write("theirs", access: "their-access", of: AccountID("acc-10")) }
    }
    #expect(try await bench.onlyOutcome().result == .written)
    #expect(bench.upstream[\.exchanges].isEmpty)
    await bench.expectAtRest()
  }

  @Test("the same token, written again before the claim was won, is exchanged")
  func rewrittenBeforeClaim() async throws {
    bench.store.change { state in
      state.hooks[.claim] = { $0.write("refresh-acc-10", access: "token-acc-10", of: AccountID("acc-10")) }
    }
    #expect(try await bench.onlyOutcome().result == .written)
    #expect(bench.upstream[\.exchanges].count == 1)
  }

  @Test(
    "an account that ended, was paused or went away before the claim was won is not exchanged",
    arguments: [AccountStatus.reauthRequired, .deactivated, .paused, nil])
  func endedBeforeClaim(status: AccountStatus?) async throws {
    bench.store.change { state in
      state.hooks[.claim] = { state in
        if let status {
          state.candidates[AccountID("acc-10")]?.account.status = status
        } else {
          state.candidates[AccountID("acc-10")] = nil
        }
      }
    }
    _ = try await bench.coordinator.refresh(.all)
    #expect(bench.upstream[\.exchanges].isEmpty && bench.store[\.claims].isEmpty)
    await bench.expectAtRest()
  }

  @Test("a claim that got old before the token was presented is extended first")
  func oldClaim() async throws {
    let clock = bench.clock
    bench.store.change { state in
      state.hooks[.credentials] = { state in
        // The machine slept between the claim and the look at the login behind it.
        if state.claimsTaken == 1 { clock.advance(by: .seconds(16)) }
      }
    }
    #expect(try await bench.onlyOutcome().result == .written)
    #expect(bench.store[\.claimsTaken] == 2 && bench.upstream[\.exchanges].count == 1)
    await bench.expectAtRest()
  }

  @Test(
    "a claim that got old and went to somebody else presents nothing; that one's login is adopted",
    arguments: [true, false])
  func lostClaim(isRenewed: Bool) async throws {
    let clock = bench.clock
    bench.store.change { state in
      state.hooks[.credentials] = { state in
        guard state.claimsTaken == 1, state.claims[AccountID("acc-10")] != "rival" else { return }
        clock.advance(by: .seconds(16))
        state.claims[AccountID("acc-10")] = "rival"
      }
      state.hooks[.claim] = { state in
        guard isRenewed, state.claimsTaken == 1 else { return }
        state.write("theirs", access: "their-access", of: AccountID("acc-10"))
      }
    }
    let outcome = try await bench.onlyOutcome()
    if isRenewed {
      #expect(outcome.result == .written && bench.store[\.logins][id]?.refresh == "theirs")
    } else {
      #expect(outcome == RefreshOutcome(accountID: id, result: .failed, reason: .exchangeClaimed))
    }
    #expect(bench.upstream[\.exchanges].isEmpty && bench.store[\.claims][id] == "rival")
  }

  @Test("a claim that gets old again and again is given up: a store so slow is no place for new tokens")
  func claimNeverFresh() async throws {
    let clock = bench.clock
    bench.store.change { state in
      state.hooks[.credentials] = { state in
        if state.claimsTaken > 0 { clock.advance(by: .seconds(16)) }
      }
    }
    #expect(try await bench.onlyOutcome() == RefreshOutcome(accountID: id, result: .failed, reason: .storeUnavailable))
    await bench.expectAtRest()
    #expect(bench.upstream[\.exchanges].isEmpty)
    // The claim itself, and three times more time for it.
    #expect(bench.store[\.claimsTaken] == 4)
  }

  @Test("a login that became unreadable before the claim was won is not exchanged")
  func unreadableBeforeClaim() async throws {
    bench.store.change { state in
      state.hooks[.claim] = { $0.write(nil, access: "token-acc-10", of: AccountID("acc-10")) }
    }
    let outcome = try await bench.onlyOutcome()
    #expect(outcome.reason == .tokenUndecryptable && outcome.blockedUntil != nil)
    #expect(bench.upstream[\.exchanges].isEmpty)
    await bench.expectAtRest()
  }

  @Test("an account that went away after its login was read under the claim is not exchanged")
  func goneUnderTheClaim() async throws {
    bench.store.change { state in
      state.hooks[.candidate] = { state in
        if state.claimsTaken > 0 { state.candidates[AccountID("acc-10")] = nil }
      }
    }
    #expect(try await bench.onlyOutcome() == RefreshOutcome(accountID: id, result: .skipped, reason: .changedMeanwhile))
    #expect(bench.upstream[\.exchanges].isEmpty)
    await bench.expectAtRest()
  }

  @Test("a claim that cannot be given back is tried three times, told, and left to end")
  func releaseFails() async throws {
    bench.store.change { $0.failures[.release] = StoreError(.busy, "locked") }
    let refresh = bench.start()
    for _ in 0..<2 {
      await bench.clock.sleepers(2)
      bench.clock.advance(by: .seconds(1))
    }
    #expect(try await refresh.value.results == [.written])
    #expect(bench.observer.events.contains { if case .claimNotReleased(id, _) = $0 { true } else { false } })
    #expect(bench.store[\.claims][id] != nil)
  }

  @Test("a claim that cannot be had because of the store fails the exchange alone")
  func storeFailsBefore() async throws {
    bench.store.change { $0.failures[.claim] = StoreError(.busy, "locked") }
    #expect(try await bench.onlyOutcome() == RefreshOutcome(accountID: id, result: .failed, reason: .storeUnavailable))
    #expect(bench.upstream[\.exchanges].isEmpty)
    bench.store.change { $0.failures = [:] }
    #expect(try await bench.onlyOutcome().result == .written)
    await bench.expectAtRest()
  }

  @Test(
    "a store that fails between the claim and the exchange gets the claim back, and nothing is presented",
    arguments: [InMemoryFleetStore.Place.credentials, .candidate, .claim])
  func storeFailsUnderTheClaim(place: InMemoryFleetStore.Place) async throws {
    let clock = bench.clock
    bench.store.change { state in
      state.hooks[place == .claim ? .credentials : .claim] = { state in
        guard state.claimsTaken == (place == .claim ? 1 : 0) else { return }
        // An old claim has to be extended.
        if place == .claim { clock.advance(by: .seconds(16)) }
        state.failures[place] = StoreError(.busy, "locked")
      }
    }
    #expect(try await bench.onlyOutcome() == RefreshOutcome(accountID: id, result: .failed, reason: .storeUnavailable))
    #expect(bench.store[\.claimsTaken] > 0)
    #expect(bench.upstream[\.exchanges].isEmpty)
    bench.store.change { state in
      state.failures = [:]
      state.hooks = [:]
    }
    #expect(try await bench.onlyOutcome().result == .written)
    await bench.expectAtRest()
  }

  @Test("the new tokens of somebody whose claim ran out are waited for before the token is presented")
  func lateTokens() async throws {
    bench.store.change { $0.leftoverClaims = [AccountID("acc-10")] }
    let refresh = bench.start()
    await bench.clock.sleepers(2)
    #expect(bench.upstream[\.exchanges].isEmpty)
    bench.store.change { $0.write("theirs", access: "their-access", of: AccountID("acc-10")) }
    bench.clock.advance(by: TokenExchangeFlight.lateness)
    #expect(try await refresh.value.results == [.written])
    #expect(bench.upstream[\.exchanges].isEmpty && bench.store[\.logins][id]?.refresh == "theirs")
    await bench.expectAtRest()
  }

  @Test("the token of somebody whose claim ran out without a trace is presented")
  func noLateTokens() async throws {
    bench.store.change { $0.leftoverClaims = [AccountID("acc-10")] }
    let refresh = bench.start()
    await bench.clock.sleepers(2)
    bench.clock.advance(by: TokenExchangeFlight.lateness)
    #expect(try await refresh.value.results == [.written])
    #expect(bench.upstream[\.exchanges].count == 1)
    await bench.expectAtRest()
  }

  @Test("the route is the one that counts when the claim was won")
  func changedRoute() async throws {
    let proxy = try #require(ProxyEndpoint(scheme: .http, host: "127.0.0.1", port: 1, credentials: nil))
    bench.store.change { state in
      state.hooks[.claim] = { $0.candidates[AccountID("acc-10")]?.route = .proxy(proxy, fallbacks: []) }
    }
    #expect(try await bench.onlyOutcome().result == .written)
    #expect(bench.upstream[\.exchanges].map(\.route) == [.proxy(proxy, fallbacks: [])])
  }

  @Test("an account whose route was lost before the claim was won presents nothing")
  func lostRoute() async throws {
    bench.store.change { $0.hooks[.claim] = { $0.candidates[AccountID("acc-10")]?.route = nil } }
    #expect(
      try await bench.onlyOutcome() == RefreshOutcome(accountID: id, result: .failed, reason: .proxyUnavailable))
    #expect(bench.upstream[\.exchanges].isEmpty)
    await bench.expectAtRest()
  }

  // MARK: Landing

  @Test(
    "new tokens are stored as soon as the store lets them be, however often it does not",
    arguments: [
      StoreError.Code.busy, .full, .readOnly, .missing, .inputOutput, .corrupt, .permission, .keyMismatch, .locked,
    ])
  func landsLater(code: StoreError.Code) async throws {
    bench.store.change { $0.failures[.store] = StoreError(code, "not now") }
    let refresh = bench.start()
    for _ in 0..<5 {
      await bench.clock.sleepers(2)
      bench.clock.advance(by: .seconds(2))
    }
    await bench.clock.sleepers(2)
    #expect(bench.store[\.rotations].isEmpty && bench.store[\.claims][id] != nil)
    bench.store.change { $0.failures = [:] }
    bench.clock.advance(by: .seconds(2))
    #expect(try await refresh.value.results == [.written])
    #expect(bench.store[\.logins][id]?.refresh == "refresh-acc-10'" && bench.upstream[\.exchanges].count == 1)
    #expect(bench.observer.events.contains { if case .tokensNotStored(id, _) = $0 { true } else { false } })
    await bench.expectAtRest()
  }

  @Test("whoever waits longer than 30 s for the store is told so; the tokens land all the same, and once")
  func patience() async throws {
    bench.store.change { $0.failures[.store] = StoreError(.full, "no space") }
    let refresh = bench.start()
    while !Task.isCancelled,
      bench.coordinator.statistics.refreshes.inFlight > 0 || bench.upstream[\.exchanges].isEmpty
    {
      await until { bench.clock.sleeperCount == 2 || bench.coordinator.statistics.refreshes.inFlight == 0 }
      bench.clock.advance(by: .seconds(2))
    }
    #expect(try await refresh.value.outcomes.first?.reason == .storeUnavailable)
    #expect(bench.coordinator.statistics.exchanges.inFlight == 1)
    // The next refresh joins the exchange that still waits for the store: the token is not presented again.
    let next = bench.start()
    await until { bench.coordinator.statistics.exchanges.joined == 1 }
    bench.store.change { $0.failures = [:] }
    bench.clock.advance(by: .seconds(2))
    #expect(try await next.value.results == [.written])
    #expect(bench.upstream[\.exchanges].count == 1)
    await bench.expectAtRest()
  }

  @Test("a claim is kept for as long as new tokens wait for the store")
  func keepsClaim() async throws {
    bench.store.change { $0.failures[.store] = StoreError(.full, "no space") }
    let refresh = bench.start()
    for round in 2...20 {
      await bench.clock.sleepers(2)
      #expect(bench.store[\.claimsTaken] == round - 1)
      bench.clock.advance(by: .seconds(1))
    }
    await bench.clock.sleepers(2)
    bench.store.change { $0.failures = [:] }
    bench.clock.advance(by: .seconds(1))
    #expect(try await refresh.value.results == [.written])
    // Once at the beginning, and then every ten seconds.
    #expect(bench.observer.events.count { if case .tokensNotStored = $0 { true } else { false } } == 2)
    await bench.expectAtRest()
  }

  @Test("the same token, written again while it was exchanged, gives way to the new ones")
  func rewrittenMeanwhile() async throws {
    bench.store.change { state in
      state.hooks[.store] = { $0.write("refresh-acc-10", access: "token-acc-10", of: AccountID("acc-10")) }
    }
    #expect(try await bench.onlyOutcome().result == .written)
    #expect(bench.store[\.logins][id]?.refresh == "refresh-acc-10'")
  }

  @Test("another login, stored while the old one was exchanged, is never overwritten")
  func replacedMeanwhile() async throws {
    bench.store.change { state in
      state.hooks[.store] = { $0.write("theirs", access: "their-access", of: AccountID("acc-10")) }
    }
    #expect(try await bench.onlyOutcome().result == .written)
    #expect(bench.store[\.logins][id]?.refresh == "theirs" && bench.store[\.rotations].isEmpty)
    #expect(bench.upstream[\.requests].last?.accessToken == Secret("their-access"))
  }

  @Test("an account that went away while its token was exchanged is skipped; its tokens belong to nobody")
  func goneMeanwhile() async throws {
    bench.store.change { state in state.hooks[.store] = { $0.candidates[AccountID("acc-10")] = nil } }
    #expect(try await bench.onlyOutcome() == RefreshOutcome(accountID: id, result: .skipped, reason: .changedMeanwhile))
    #expect(bench.store[\.rotations].isEmpty && bench.upstream[\.requests].count == 1)
    await bench.expectAtRest()
  }

  @Test("an account that was paused while its login was found to have ended stays paused")
  func pausedWhileEnding() async throws {
    bench.upstream.answerNextExchange(.failure(UpstreamFailure(.status(400), errorCode: "invalid_grant")))
    bench.store.change { state in
      state.hooks[.retire] = { $0.candidates[AccountID("acc-10")]?.account.status = .paused }
    }
    #expect(try await bench.onlyOutcome() == RefreshOutcome(accountID: id, result: .skipped, reason: .changedMeanwhile))
    #expect(bench.store[\.retirements].isEmpty && bench.store[\.candidates][id]?.account.status == .paused)
    await bench.expectAtRest()
  }

  @Test("new tokens without an access token are stored, and nobody is asked with none")
  func emptyAccessToken() async throws {
    bench.upstream.answerNextExchange(
      .tokens(
        NewTokens(
          accessToken: Secret(""), refreshToken: Secret("next"), idToken: Secret("id"), claims: IdentityClaims())))
    #expect(try await bench.onlyOutcome().reason == .tokenMissing)
    #expect(bench.store[\.logins][id]?.refresh == "next" && bench.upstream[\.requests].count == 1)
  }

  @Test("claims that the store does not take are dropped for the tokens' sake")
  func withoutClaims() async throws {
    let claims = IdentityClaims(email: "taken@example.com")
    bench.upstream.answerNextExchange(.tokens(.next(after: Secret("refresh-acc-10"), claims: claims)))
    bench.store.change { state in
      state.failures[.store] = StoreError(.invalidValue, "not accepted")
      state.hooks[.store] = { state in
        // The second time nothing is claimed any more.
        if state.failures[.store] != nil, state.attempts == 1 { state.failures = [:] }
        state.attempts += 1
      }
    }
    #expect(try await bench.onlyOutcome().result == .written)
    #expect(bench.store[\.rotations].map(\.tokens.claims) == [IdentityClaims()])
  }

  @Test(
    "tokens that the store will never take end the login rather than leave a used token in place",
    arguments: [StoreError.Code.invalidValue, .unsupportedSchema])
  func failsClosed(code: StoreError.Code) async throws {
    bench.store.change { $0.failures[.store] = StoreError(code, "not accepted") }
    let outcome = try await bench.onlyOutcome()
    #expect(outcome == RefreshOutcome(accountID: id, result: .failed, reason: .status(.reauthRequired)))
    let retirement = try #require(bench.store[\.retirements].first)
    #expect(retirement.status == .reauthRequired && retirement.judged.refreshToken == RefreshToken("refresh-acc-10"))
    await bench.expectAtRest()
  }

  @Test("where not even the end can be written, the used token is left alone for a while")
  func endCannotBeWritten() async throws {
    bench.store.change { state in
      for place in [InMemoryFleetStore.Place.store, .retire] {
        state.failures[place] = StoreError(.unsupportedSchema, "no such column")
      }
    }
    let outcome = try await bench.onlyOutcome()
    #expect(outcome.reason == .storeUnavailable && outcome.blockedUntil != nil)
    #expect(try await bench.onlyOutcome().result == .coolingDown)
    #expect(bench.upstream[\.exchanges].count == 1)
    await bench.expectAtRest()
  }

  @Test("a claim that is got back from somebody else waits for that one's tokens before the token is presented")
  func extensionReplacesExpired() async throws {
    let clock = bench.clock
    bench.store.change { state in
      state.hooks[.credentials] = { state in
        guard state.claimsTaken == 1 else { return }
        // The machine slept; meanwhile somebody else had the claim, and let it run out.
        clock.advance(by: .seconds(40))
        state.claims = [:]
        state.leftoverClaims = [AccountID("acc-10")]
      }
    }
    let refresh = bench.start()
    await bench.clock.sleepers(1)
    #expect(bench.upstream[\.exchanges].isEmpty)
    bench.store.change { $0.write("theirs", access: "their-access", of: AccountID("acc-10")) }
    while bench.coordinator.statistics.exchanges.inFlight > 0, !Task.isCancelled {
      bench.clock.advance(by: TokenExchangeFlight.lateness)
      await Task.yield()
    }
    _ = try await refresh.value
    #expect(bench.upstream[\.exchanges].isEmpty)
    await bench.expectAtRest()
  }

  @Test("the end of a login is written as soon as the store lets it be", arguments: [true, false])
  func endsLater(isPermanentCode: Bool) async throws {
    if isPermanentCode {
      bench.upstream.answerNextExchange(
        .failure(UpstreamFailure(.status(400), errorCode: "invalid_grant")))
    } else {
      bench.store.change { $0.failures[.store] = StoreError(.invalidValue, "not accepted") }
    }
    bench.store.change { $0.failures[.retire] = StoreError(.busy, "locked") }
    let refresh = bench.start()
    for _ in 0..<3 {
      await bench.clock.sleepers(2)
      bench.clock.advance(by: .seconds(1))
    }
    await bench.clock.sleepers(2)
    #expect(bench.store[\.retirements].isEmpty && bench.store[\.claims][id] != nil)
    bench.store.change { $0.failures[.retire] = nil }
    bench.clock.advance(by: .seconds(1))
    #expect(try await refresh.value.outcomes.first?.reason == .status(.reauthRequired))
    #expect(bench.store[\.retirements].count == 1)
    await bench.expectAtRest()
  }

  // MARK: Many, and the end

  @Test("one exchange for all who need it: refreshes join one flight, whose login all of them use")
  func onceForAll() async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 1, tokenGate: gate)
    bench.upstream.refuse("token-acc-10")
    let refreshes = (0..<20).map { _ in bench.start() }
    await gate.arrivals(1)
    gate.open()
    for refresh in refreshes { #expect([.written, .fresh].contains(try await refresh.value.results.first)) }
    #expect(bench.upstream[\.exchanges].count == 1)
    await bench.expectAtRest()
  }

  @Test("a caller that goes away leaves the exchange to its end")
  func cancelledCaller() async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 1, tokenGate: gate)
    bench.upstream.refuse("token-acc-10")
    let refresh = bench.start()
    await gate.arrivals(1)
    refresh.cancel()
    await #expect(throws: RefreshRefusal.self) { try await refresh.value }
    gate.open()
    await bench.expectAtRest()
    #expect(bench.store[\.logins][id]?.refresh == "refresh-acc-10'" && bench.store[\.writes].count == 1)
  }

  @Test("a drain that is over does not lose tokens that are on their way; no further exchange begins")
  func drain() async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 2, tokenGate: gate)
    for name in ["token-acc-10", "token-acc-11"] { bench.upstream.refuse(name) }
    let refresh = Task { try await bench.coordinator.refresh(.only([id])) }
    await gate.arrivals(1)
    #expect(await !bench.coordinator.drain(within: .zero))
    await #expect(throws: RefreshRefusal.self) { try await refresh.value }
    let settled = Task { await bench.coordinator.settleTokens() }
    await until { bench.observer.events.contains { if case .awaitingTokens([id]) = $0 { true } else { false } } }
    #expect(bench.coordinator.statistics.exchanges.inFlight == 1)
    gate.open()
    await settled.value
    #expect(bench.store[\.logins][id]?.refresh == "refresh-acc-10'")
    await bench.expectAtRest()
  }

  @Test("an exchange that has presented nothing yet ends with the drain", arguments: [true, false])
  func stopsBeforePresenting(isHeld: Bool) async throws {
    if isHeld { self.isHeld() } else { bench.store.change { $0.leftoverClaims = [AccountID("acc-10")] } }
    let refresh = bench.start()
    await bench.clock.sleepers(2)
    let settled = Task { await bench.coordinator.settleTokens() }
    await until { bench.observer.events.contains { if case .awaitingTokens([id]) = $0 { true } else { false } } }
    bench.store.change { $0.claims = [:] }
    bench.clock.advance(by: TokenExchangeFlight.lateness)
    await settled.value
    #expect(try await refresh.value.outcomes.first?.reason == .draining)
    #expect(bench.upstream[\.exchanges].isEmpty)
    await bench.expectAtRest()
  }

  @Test("an exchange that would begin after the drain is refused")
  func afterDrain() async throws {
    let gate = Gate()
    let bench = RefreshBench(accounts: 1, gate: gate)
    bench.upstream.refuse("token-acc-10")
    let refresh = bench.start()
    await gate.arrivals(1)
    let settled = Task { await bench.coordinator.settleTokens() }
    await settled.value
    gate.open()
    #expect(try await refresh.value.outcomes.first?.reason == .draining)
    #expect(bench.upstream[\.exchanges].isEmpty)
    await bench.expectAtRest()
  }
}
