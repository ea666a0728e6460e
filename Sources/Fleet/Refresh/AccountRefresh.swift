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
  let clock: any FleetClock
  let observer: any FleetObserver
  let policy: RefreshPolicy
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
    guard let candidate = try await session.candidate(id) else {
      return Report(outcome: RefreshOutcome(accountID: id, result: .skipped, reason: .changedMeanwhile))
    }
    let decision = policy.decision(for: candidate, memory: memories[id], now: clock.now, uptime: clock.uptime)
    if case .leave(let outcome) = decision { return Report(outcome: outcome) }
    guard candidate.route == .direct else { return failed(id, .proxyUnavailable) }
    let token = try await session.accessToken(of: id)
    guard !token.isEmpty else { return failed(id, .tokenMissing) }
    let request = UsageRequest(accessToken: token, chatGPTAccountID: candidate.account.chatGPTAccountID)
    switch await upstream.usage(for: request) {
    case .failure(let failure): return note(failure, of: id)
    case .payload(let payload): return try await record(payload, for: candidate.account, in: session)
    }
  }

  private func record(
    _ payload: UsagePayload, for account: Account, in session: any BackgroundSession
  ) async throws(StoreError) -> Report {
    if case .rejected(let reason) = IdentityCheck.verdict(on: payload, for: account) {
      return fetchedInVain(RefreshOutcome(accountID: account.id, result: .rejected, reason: reason))
    }
    let write: UsageWrite
    do {
      write = try UsageWrite(payload, for: account, at: clock.now)
    } catch {
      return failed(account.id, .upstreamPayloadInvalid)
    }
    switch try await session.record(write) {
    case .accountChanged:
      return Report(outcome: RefreshOutcome(accountID: account.id, result: .skipped, reason: .changedMeanwhile))
    case .committed(let rows):
      guard rows > 0 else {
        return fetchedInVain(RefreshOutcome(accountID: account.id, result: .failed, reason: .noUsageReported))
      }
      memories.noteFetch(of: account.id, at: clock.now, uptime: clock.uptime)
      return Report(outcome: RefreshOutcome(accountID: account.id, result: .written), rowsWritten: rows)
    }
  }

  /// The upstream answered, but there was nothing to write: for a while this is what there is to say of the account.
  private func fetchedInVain(_ outcome: RefreshOutcome) -> Report {
    memories.noteFetch(of: outcome.accountID, at: clock.now, uptime: clock.uptime, inVain: outcome)
    return Report(outcome: outcome)
  }

  /// A refused login is not tried again for a while: asking on would not mend it and looks like an attack.
  private func note(_ failure: UpstreamFailure, of id: AccountID) -> Report {
    let reason = failure.refreshReason
    var report = failed(id, reason)
    if failure.kind == .status(401) || failure.kind == .status(403) {
      let ends = clock.uptime + Self.coolDown
      memories.noteCoolDown(of: id, AccountMemory.CoolDown(ends: ends, reason: reason), uptime: clock.uptime)
      report.outcome.blockedUntil = clock.now.advanced(by: Self.coolDown)
    } else if let pause = failure.retryAfter {
      report.outcome.blockedUntil = clock.now.advanced(by: pause)
    }
    return report
  }

  private func failed(_ id: AccountID, _ reason: RefreshReason) -> Report {
    Report(outcome: RefreshOutcome(accountID: id, result: .failed, reason: reason))
  }
}

extension UpstreamFailure {
  fileprivate var refreshReason: RefreshReason {
    switch kind {
    case .status(let status): .upstreamStatus(status)
    case .timedOut: .upstreamTimeout
    case .unreachable: .upstreamUnreachable
    case .invalidPayload: .upstreamPayloadInvalid
    }
  }
}

extension StoreError {
  fileprivate var refreshReason: RefreshReason { code == .undecryptable ? .tokenUndecryptable : .storeUnavailable }
}
