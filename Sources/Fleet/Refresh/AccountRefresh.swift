/// The work of one flight: looks at one account, asks the upstream if need be, and writes what it says.
///
/// It owns its session from the first read to the last write, and holds no transaction while the upstream is asked.
struct AccountRefresh: Sendable {
  /// What became of the account.
  struct Report: Hashable, Sendable {
    /// The outcome.
    var outcome: RefreshOutcome
    /// How many usage and additional-usage rows were added.
    var rowsWritten = 0
  }

  let store: any FleetStore
  let upstream: any UsageUpstream
  let tokens: TokenExchange
  let clock: any FleetClock
  let observer: any FleetObserver
  let settings: LiveRefreshSettings
  let memories: AccountMemories
  let slots: FetchSlots

  /// How long an account whose login was refused is left alone.
  static let coolDown = Duration.seconds(300)

  /// Runs in a fetch slot, so that sessions are as bounded as fetches are.
  func run(_ id: AccountID) async -> Report {
    await slots.withSlot {
      do throws(StoreError) {
        return try await store.withSession { session throws(StoreError) in
          try await refresh(id, in: session)
        }
      } catch {
        observer.note(.storeFailed(id, error))
        return failed(id, error.refreshReason)
      }
    }
  }

  private func refresh(_ id: AccountID, in session: any BackgroundSession) async throws(StoreError) -> Report {
    guard let candidate = try await session.candidate(id) else { return skipped(id) }
    let decision = settings.policy.decision(for: candidate, memory: memories[id], now: clock.now, uptime: clock.uptime)
    if case .leave(let outcome) = decision { return Report(outcome: outcome) }
    guard let route = candidate.route else { return failed(id, .proxyUnavailable) }
    guard let credentials = try await session.credentials(of: id) else { return skipped(id) }
    guard !credentials.accessToken.isEmpty else { return failed(id, .tokenMissing) }
    let answer = await upstream.usage(for: candidate.request(with: credentials, by: route))
    guard case .failure(let failure) = answer, UpstreamEffect(of: failure, mayExchange: true) == .exchange else {
      return try await conclude(answer, about: candidate, with: credentials, in: session)
    }
    switch await tokens.renew(credentials, of: id) {
    case .renewed: return try await refreshRenewed(id, in: session)
    case .retired(let status): return failed(id, .status(status))
    case .accountChanged: return skipped(id)
    case .stillRefused(let reason): return coolingDown(candidate.account, reason)
    case .undecided(let reason): return failed(id, reason)
    }
  }

  /// Asks once more with the login that has taken the refused one's place.
  ///
  /// Everything is read again: it may have brought another plan or workspace, and the route may have changed.
  private func refreshRenewed(_ id: AccountID, in session: any BackgroundSession) async throws(StoreError) -> Report {
    guard
      let candidate = try await session.candidate(id), candidate.account.status.isRefreshable,
      let credentials = try await session.credentials(of: id)
    else { return skipped(id) }
    guard let route = candidate.route else { return failed(id, .proxyUnavailable) }
    guard !credentials.accessToken.isEmpty else { return failed(id, .tokenMissing) }
    let answer = await upstream.usage(for: candidate.request(with: credentials, by: route))
    return try await conclude(answer, about: candidate, with: credentials, in: session)
  }

  /// Does what an answer that is not to be followed by an exchange demands.
  private func conclude(
    _ answer: UsageAnswer, about candidate: RefreshCandidate, with credentials: StoredCredentials,
    in session: any BackgroundSession
  ) async throws(StoreError) -> Report {
    let id = candidate.account.id
    switch answer {
    case .payload(let payload): return try await accept(payload, about: candidate, in: session)
    case .failure(let failure):
      switch UpstreamEffect(of: failure, mayExchange: false) {
      case .retire(let status, let reason):
        let retirement = Retirement(accountID: id, status: status, reason: reason, judged: credentials)
        guard case .committed = try await session.retire(retirement) else { return skipped(id) }
        observer.note(.accountRetired(id, status, reason: reason))
        return failed(id, .status(status))
      case .exchange, .coolDown: return coolingDown(candidate.account, failure.refreshReason)
      case .nothing:
        var report = failed(id, failure.refreshReason)
        report.outcome.blockedUntil = failure.retryAfter.map { clock.now.advanced(by: $0) }
        return report
      }
    }
  }

  private func accept(
    _ payload: UsagePayload, about candidate: RefreshCandidate, in session: any BackgroundSession
  ) async throws(StoreError) -> Report {
    let id = candidate.account.id
    switch IdentityCheck.verdict(on: payload, for: candidate.account) {
    case .accepted, .adoptsWorkspace: break
    case .rejected: return fetchedInVain(RefreshOutcome(accountID: id, result: .rejected, reason: .identityMismatch))
    case .needsConfirmation:
      guard try await session.observeDowngrade(of: id) >= IdentityCheck.confirmations else {
        return fetchedInVain(RefreshOutcome(accountID: id, result: .rejected, reason: .identityUnverified))
      }
    }
    let write: UsageWrite
    do {
      write = try UsageWrite(payload, for: candidate, at: clock.now)
    } catch {
      return failed(id, .upstreamPayloadInvalid)
    }
    switch try await session.record(write) {
    case .accountChanged: return skipped(id)
    case .workspaceTaken:
      return fetchedInVain(RefreshOutcome(accountID: id, result: .rejected, reason: .workspaceTaken))
    case .committed(let rows):
      guard rows > 0 else {
        return fetchedInVain(RefreshOutcome(accountID: id, result: .failed, reason: .noUsageReported))
      }
      memories.noteFetch(of: id, at: clock.now, uptime: clock.uptime)
      return Report(outcome: RefreshOutcome(accountID: id, result: .written), rowsWritten: rows)
    }
  }

  /// The upstream answered, but there was nothing to write: for a while this is what there is to say of the account.
  private func fetchedInVain(_ outcome: RefreshOutcome) -> Report {
    memories.noteFetch(of: outcome.accountID, at: clock.now, uptime: clock.uptime, inVain: outcome)
    return Report(outcome: outcome)
  }

  /// A refused login is not tried again for a while: asking on would not mend it and looks like an attack.
  private func coolingDown(_ account: Account, _ reason: RefreshReason) -> Report {
    let coolDown = AccountMemory.CoolDown(
      ends: clock.uptime + Self.coolDown, login: account.tokensRefreshedAt, reason: reason)
    memories.noteCoolDown(of: account.id, coolDown, uptime: clock.uptime)
    var report = failed(account.id, reason)
    report.outcome.blockedUntil = clock.now.advanced(by: Self.coolDown)
    return report
  }

  private func failed(_ id: AccountID, _ reason: RefreshReason) -> Report {
    Report(outcome: RefreshOutcome(accountID: id, result: .failed, reason: reason))
  }

  private func skipped(_ id: AccountID) -> Report {
    Report(outcome: RefreshOutcome(accountID: id, result: .skipped, reason: .changedMeanwhile))
  }
}

extension RefreshCandidate {
  fileprivate func request(with credentials: StoredCredentials, by route: UpstreamRoute) -> UsageRequest {
    UsageRequest(
      accessToken: credentials.accessToken, chatGPTAccountID: account.chatGPTAccountID, route: route)
  }
}

extension UpstreamFailure {
  fileprivate var refreshReason: RefreshReason {
    switch kind {
    case .status(let status): .upstreamStatus(status)
    case .timedOut: .upstreamTimeout
    case .unreachable: .upstreamUnreachable
    case .proxyUnreachable: .proxyUnavailable
    case .invalidPayload: .upstreamPayloadInvalid
    }
  }
}

extension StoreError {
  fileprivate var refreshReason: RefreshReason { code == .undecryptable ? .tokenUndecryptable : .storeUnavailable }
}
