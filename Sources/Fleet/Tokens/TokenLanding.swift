/// Sees what an exchange led to into the store, however long the store is in trouble, and keeps the claim meanwhile.
struct TokenLanding: Sendable {
  typealias Outcome = TokenExchange.Outcome

  let session: any BackgroundSession
  let clock: any FleetClock
  let observer: any FleetObserver
  /// The token that was presented.
  let token: RefreshToken
  let claim: TokenClaim

  private static let firstPause = Duration.milliseconds(100)
  /// How long the store is left alone at most. Shorter than others wait for what comes late.
  private static let longestPause = Duration.seconds(1)
  /// How often it is told that the store still does not take a write.
  private static let reminder = Duration.seconds(10)
  private static let releaseAttempts = 3

  /// Writes new tokens: the old one is used up, and these exist nowhere else.
  ///
  /// When they can never be stored the login is ended, rather than a used token left in place.
  func land(_ rotation: TokenRotation, judged: StoredCredentials) async -> Outcome {
    var rotation = rotation
    while true {
      do throws(StoreError) {
        switch try await insist(
          reporting: FleetEvent.tokensNotStored, { () throws(StoreError) in try await session.store(rotation) })
        {
        case .committed:
          observer.note(.tokensRotated(claim.accountID))
          return .renewed
        case .superseded: return .renewed
        case .accountChanged: return .accountChanged
        }
      } catch {
        guard rotation.tokens.claims != IdentityClaims() else {
          observer.note(.tokensGivenUp(claim.accountID, error))
          let end = await retire(
            Retirement(
              accountID: claim.accountID, status: .reauthRequired,
              reason: "token exchange: the new tokens could not be stored", judged: judged))
          // The used token is still there: for a while nobody presents it.
          return end == .undecided(.storeUnavailable) ? .stillRefused(.storeUnavailable) : end
        }
        // Perhaps it is a claim that the store does not take; the tokens matter more.
        rotation.tokens.claims = IdentityClaims()
      }
    }
  }

  /// Writes the end of a login.
  ///
  /// - Parameter mayGoOn: whether to go on trying.
  func retire(
    _ retirement: Retirement, while mayGoOn: @Sendable () -> Bool = { true }
  ) async -> Outcome {
    do throws(StoreError) {
      switch try await insist(
        while: mayGoOn, reporting: FleetEvent.storeFailed,
        { () throws(StoreError) in try await session.retire(retirement) })
      {
      case .committed:
        observer.note(.accountRetired(claim.accountID, retirement.status, reason: retirement.reason))
        return .retired(retirement.status)
      case .superseded: return .renewed
      case .accountChanged: return .accountChanged
      }
    } catch {
      observer.note(.storeFailed(claim.accountID, error))
      return .undecided(.storeUnavailable)
    }
  }

  /// Gives the claim back; where the store does not take that, the claim ends by itself.
  func release() async {
    var pause = Self.firstPause
    for attempt in 1... {
      do throws(StoreError) {
        return try await session.release(claim)
      } catch {
        guard error.mayPass, attempt < Self.releaseAttempts else {
          return observer.note(.claimNotReleased(claim.accountID, error))
        }
        try? await clock.sleep(for: pause)
        pause *= 2
      }
    }
  }

  /// Tries a write again and again until the store takes it or says that it never will.
  ///
  /// - Parameter event: how it is told, now and then, that the store does not take it yet.
  private func insist(
    while mayGoOn: @Sendable () -> Bool = { true }, reporting event: (AccountID, StoreError) -> FleetEvent,
    _ write: () async throws(StoreError) -> GuardedWriteResult
  ) async throws(StoreError) -> GuardedWriteResult {
    var pause = Self.firstPause
    var toldAt: Duration?
    while true {
      do throws(StoreError) {
        return try await write()
      } catch {
        guard error.mayPass, mayGoOn() else { throw error }
        let now = clock.uptime
        if toldAt.map({ now - $0 >= Self.reminder }) ?? true {
          observer.note(event(claim.accountID, error))
          toldAt = now
        }
        try? await clock.sleep(for: pause)
        pause = min(pause * 2, Self.longestPause)
        // Until this is over nobody else may present the token.
        _ = try? await session.claim(
          token.material, of: claim.accountID, extending: claim, lease: TokenClaim.lease)
      }
    }
  }
}

extension StoreError {
  /// Whether trying the same again may help: the trouble lies with the file or the machine, not with what is written or
  /// with the statement.
  fileprivate var mayPass: Bool {
    switch code {
    case .busy, .full, .readOnly, .missing, .permission, .corrupt, .keyMismatch, .locked, .inputOutput: true
    case .unsupportedSchema, .undecryptable, .managedElsewhere, .notFound, .invalidValue, .sessionClosed: false
    }
  }
}
