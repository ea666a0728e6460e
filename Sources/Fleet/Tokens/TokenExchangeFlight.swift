/// The work of one token exchange: takes the claim, presents the token, and sees the new ones into the store.
struct TokenExchangeFlight: Sendable {
  typealias Outcome = TokenExchange.Outcome

  let store: any FleetStore
  let upstream: any TokenUpstream
  let clock: any FleetClock
  let observer: any FleetObserver

  /// How long a claim lasts; longer than the service may take, so that it cannot end while the token is on its way.
  static let lease = Duration.seconds(30)
  /// How long to wait for another process's exchange.
  static let claimWait = Duration.seconds(8)
  /// How often to look meanwhile.
  static let claimPoll = Duration.milliseconds(250)
  /// A claim older than this is extended before the token is presented: what is left has to outlast the service's own
  /// time limit of 8 s.
  static let freshClaim = Duration.seconds(15)
  private static let firstPause = Duration.milliseconds(100)
  private static let longestPause = Duration.seconds(2)
  private static let releaseAttempts = 3

  /// Runs to its end in a session of its own.
  func run(_ token: RefreshToken, of id: AccountID, by route: UpstreamRoute) async -> Outcome {
    do throws(StoreError) {
      return try await store.withSession { session throws(StoreError) in
        try await Exchange(flight: self, session: session, id: id, token: token, route: route).run()
      }
    } catch {
      observer.note(.storeFailed(id, error))
      return .undecided(.storeUnavailable)
    }
  }

  /// One exchange with its session.
  private struct Exchange {
    let flight: TokenExchangeFlight
    let session: any BackgroundSession
    let id: AccountID
    let token: RefreshToken
    let route: UpstreamRoute

    func run() async throws(StoreError) -> Outcome {
      let deadline = flight.clock.uptime + TokenExchangeFlight.claimWait
      var claim: TokenClaim?
      while true {
        let claimedAt = flight.clock.uptime
        claim = try await session.claim(
          token.material, of: id, extending: claim, lease: TokenExchangeFlight.lease)
        // Read after the claim was won: whoever held it before may have renewed the login. Read as well when it was
        // not: the holder may just have done so.
        let current: StoredCredentials?
        do {
          current = try await session.credentials(of: id)
        } catch {
          if let claim { await release(claim) }
          throw error
        }
        if let ending = verdict(on: current) {
          if let claim { await release(claim) }
          return ending
        }
        if let claim, let current {
          // Whatever held this process up since, such as a machine asleep, may have outlasted the claim.
          if flight.clock.uptime - claimedAt > TokenExchangeFlight.freshClaim { continue }
          let outcome = await exchange(current)
          await release(claim)
          return outcome
        }
        guard flight.clock.uptime < deadline else { return .undecided(.exchangeClaimed) }
        try? await flight.clock.sleep(for: TokenExchangeFlight.claimPoll)
      }
    }

    /// What the stored login says about the need for an exchange; nil when there is one.
    private func verdict(on current: StoredCredentials?) -> Outcome? {
      guard let current, current.status.isRefreshable else { return .accountChanged }
      guard let stored = current.refreshToken else { return .stillRefused(.tokenUndecryptable) }
      return stored.material == token.material ? nil : .renewed
    }

    /// Presents the token; from here on the outcome is whatever it leads to in the store.
    private func exchange(_ current: StoredCredentials) async -> Outcome {
      switch await flight.upstream.exchange(TokenRequest(refreshToken: token.secret, route: route)) {
      case .tokens(let tokens):
        return await land(
          TokenRotation(
            accountID: id, used: token, version: current.version, tokens: tokens, at: flight.clock.now),
          judged: current)
      case .failure(let failure):
        if let code = failure.errorCode, let status = PermanentFailure.status(after: code) {
          return await retire(current, to: status, reason: "token exchange: \(code)")
        }
        return failure.kind == .proxyUnreachable
          ? .undecided(.proxyUnavailable) : .stillRefused(failure.exchangeReason)
      }
    }

    /// Sees new tokens into the store, however long that takes: the old ones are used up, and these exist nowhere else.
    private func land(_ rotation: TokenRotation, judged: StoredCredentials) async -> Outcome {
      var rotation = rotation
      while true {
        do throws(StoreError) {
          switch try await persist(rotation) {
          case .committed:
            flight.observer.note(.tokensRotated(id))
            return .renewed
          case .superseded: return .renewed
          case .accountChanged: return .accountChanged
          }
        } catch {
          flight.observer.note(.tokensNotStored(id, error))
          guard rotation.tokens.claims != IdentityClaims() else {
            return await retire(
              judged, to: .reauthRequired, reason: "token exchange: the new tokens could not be stored")
          }
          // Perhaps it is a claim that the store does not take; the tokens matter more.
          rotation.tokens.claims = IdentityClaims()
        }
      }
    }

    private func retire(_ judged: StoredCredentials, to status: AccountStatus, reason: String) async -> Outcome {
      let retirement = Retirement(accountID: id, status: status, reason: reason, judged: judged)
      do throws(StoreError) {
        switch try await session.retire(retirement) {
        case .committed:
          flight.observer.note(.accountRetired(id, status, reason: reason))
          return .retired(status)
        case .superseded: return .renewed
        case .accountChanged: return .accountChanged
        }
      } catch {
        flight.observer.note(.storeFailed(id, error))
        return .undecided(.storeUnavailable)
      }
    }

    /// Writes a rotation, again and again until the store takes it or says that it never will.
    private func persist(_ rotation: TokenRotation) async throws(StoreError) -> GuardedWriteResult {
      var pause = TokenExchangeFlight.firstPause
      while true {
        do throws(StoreError) {
          return try await session.store(rotation)
        } catch {
          guard error.mayPass else { throw error }
          flight.observer.note(.tokensNotStored(id, error))
          try? await flight.clock.sleep(for: pause)
          pause = min(pause * 2, TokenExchangeFlight.longestPause)
        }
      }
    }

    private func release(_ claim: TokenClaim) async {
      var pause = TokenExchangeFlight.firstPause
      for attempt in 1... {
        do throws(StoreError) {
          return try await session.release(claim)
        } catch {
          guard error.mayPass, attempt < TokenExchangeFlight.releaseAttempts else {
            return flight.observer.note(.claimNotReleased(id, error))
          }
          try? await flight.clock.sleep(for: pause)
          pause *= 2
        }
      }
    }
  }
}

extension StoreError {
  /// Whether trying the same again may help: the trouble lies with the file or the machine, not with what is written.
  fileprivate var mayPass: Bool {
    switch code {
    case .busy, .full, .readOnly, .missing, .permission, .corrupt, .keyMismatch, .locked, .inputOutput,
      .unsupportedSchema:
      true
    case .undecryptable, .managedElsewhere, .notFound, .invalidValue, .sessionClosed: false
    }
  }
}

extension UpstreamFailure {
  /// The published reason for an exchange that failed without saying anything for good.
  fileprivate var exchangeReason: RefreshReason {
    switch kind {
    case .status(let status): .exchangeStatus(status)
    case .timedOut: .exchangeTimeout
    case .unreachable: .exchangeUnreachable
    case .proxyUnreachable: .proxyUnavailable
    case .invalidPayload: .exchangePayloadInvalid
    }
  }
}
