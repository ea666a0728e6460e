/// The work of one token exchange: takes the claim, presents the token, and sees the new ones into the store.
struct TokenExchangeFlight: Sendable {
  typealias Outcome = TokenExchange.Outcome

  let store: any FleetStore
  let upstream: any TokenUpstream
  let clock: any FleetClock
  let observer: any FleetObserver

  /// How long to wait for another process's exchange.
  static let claimWait = Duration.seconds(8)
  /// How often to look meanwhile.
  static let claimPoll = Duration.milliseconds(250)
  /// A claim older than this is extended before the token is presented: what is left has to outlast the service's own
  /// time limit of 8 s.
  static let freshClaim = Duration.seconds(15)
  /// How long the new tokens of a holder whose claim ran out are waited for: a store that was locked until now takes
  /// those that waited for it within this time, unless it is busy beyond measure.
  static let lateness = Duration.seconds(2)
  /// How often a claim is extended before the token was presented; a store so slow is no place for new tokens.
  static let extensions = 2

  /// Runs to its end in a session of its own.
  ///
  /// - Parameter mayBegin: whether a token may still be presented; what was presented goes on to its end regardless.
  func run(
    _ token: RefreshToken, of id: AccountID, while mayBegin: @escaping @Sendable () -> Bool
  ) async -> Outcome {
    do throws(StoreError) {
      return try await store.withSession { session throws(StoreError) in
        try await Attempt(flight: self, session: session, id: id, token: token, mayBegin: mayBegin).run()
      }
    } catch {
      observer.note(.storeFailed(id, error))
      return .undecided(.storeUnavailable)
    }
  }

  /// One flight with its session.
  private struct Attempt {
    let flight: TokenExchangeFlight
    let session: any BackgroundSession
    let id: AccountID
    let token: RefreshToken
    let mayBegin: @Sendable () -> Bool

    func run() async throws(StoreError) -> Outcome {
      let deadline = flight.clock.uptime + TokenExchangeFlight.claimWait
      while mayBegin() {
        let claimedAt = flight.clock.uptime
        if let claim = try await session.claim(token.material, of: id, extending: nil, lease: TokenClaim.lease) {
          return try await run(under: claim, since: claimedAt)
        }
        // The holder may just have renewed the login.
        if let ending = verdict(on: try await session.credentials(of: id)) { return ending }
        guard flight.clock.uptime < deadline else { return .undecided(.exchangeClaimed) }
        try? await flight.clock.sleep(for: TokenExchangeFlight.claimPoll)
      }
      return .undecided(.draining)
    }

    private func run(under claim: TokenClaim, since claimedAt: Duration) async throws(StoreError) -> Outcome {
      let landing = TokenLanding(
        session: session, clock: flight.clock, observer: flight.observer, token: token, claim: claim)
      let outcome: Outcome
      do {
        outcome = try await exchange(under: claim, since: claimedAt, landing)
      } catch {
        await landing.release()
        throw error
      }
      await landing.release()
      return outcome
    }

    /// Exchanges the token, if there still is a need; everything is read after the claim was won, because whoever held
    /// it before may have renewed the login.
    private func exchange(
      under claim: TokenClaim, since claimedAt: Duration, _ landing: TokenLanding
    ) async throws(StoreError) -> Outcome {
      var (claim, claimedAt) = (claim, claimedAt)
      for _ in 0...TokenExchangeFlight.extensions {
        if claim.replacesExpired { try? await flight.clock.sleep(for: TokenExchangeFlight.lateness) }
        let current = try await session.credentials(of: id)
        if let ending = verdict(on: current) { return ending }
        guard let current, let candidate = try await session.candidate(id) else { return .accountChanged }
        guard let route = candidate.route else { return .undecided(.proxyUnavailable) }
        guard mayBegin() else { return .undecided(.draining) }
        if flight.clock.uptime - claimedAt <= TokenExchangeFlight.freshClaim {
          return await present(current, by: route, landing)
        }
        // Whatever held this process up since, such as a machine asleep, may have outlasted the claim.
        claimedAt = flight.clock.uptime
        guard
          let extended = try await session.claim(token.material, of: id, extending: claim, lease: TokenClaim.lease)
        else { return verdict(on: try await session.credentials(of: id)) ?? .undecided(.exchangeClaimed) }
        claim = extended
      }
      return .undecided(.storeUnavailable)
    }

    /// What the stored login says about the need for an exchange; nil when there is one.
    private func verdict(on current: StoredCredentials?) -> Outcome? {
      guard let current, current.status.isRefreshable else { return .accountChanged }
      guard let stored = current.refreshToken else { return .stillRefused(.tokenUndecryptable) }
      return stored.material == token.material ? nil : .renewed
    }

    /// Presents the token; from here on the outcome is whatever it leads to in the store.
    private func present(
      _ current: StoredCredentials, by route: UpstreamRoute, _ landing: TokenLanding
    ) async -> Outcome {
      switch await flight.upstream.exchange(TokenRequest(refreshToken: token.secret, route: route)) {
      case .tokens(let tokens):
        return await landing.land(
          TokenRotation(
            accountID: id, used: token, version: current.version, tokens: tokens, at: flight.clock.now),
          judged: current)
      case .failure(let failure):
        if let code = failure.errorCode, let status = PermanentFailure.status(after: code) {
          return await landing.retire(
            Retirement(accountID: id, status: status, reason: "token exchange: \(code)", judged: current),
            while: mayBegin)
        }
        return failure.exchangeOutcome
      }
    }
  }
}

extension UpstreamFailure {
  /// What an exchange that failed without saying anything for good says about the login.
  fileprivate var exchangeOutcome: TokenExchange.Outcome {
    switch kind {
    case .status(let status): .stillRefused(.exchangeStatus(status))
    case .timedOut: .stillRefused(.exchangeTimeout)
    case .unreachable: .stillRefused(.exchangeUnreachable)
    case .proxyUnreachable: .undecided(.proxyUnavailable)
    case .invalidPayload: .stillRefused(.exchangePayloadInvalid)
    }
  }
}
