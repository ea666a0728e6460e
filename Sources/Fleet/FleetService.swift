/// The two calls, free of any protocol: who is calling, what is left, go and look again.
public struct FleetService: Sendable {
  private let store: any FleetStore
  private let refreshes: RefreshCoordinator
  private let activity: CallActivity
  private let clock: any FleetClock
  private let refreshInterval: Duration

  /// Composes the service.
  ///
  /// - Parameters:
  ///   - activity: told of every call whose key was accepted.
  ///   - refreshInterval: how long a sample counts as fresh.
  public init(
    store: any FleetStore, refreshes: RefreshCoordinator, activity: CallActivity, clock: any FleetClock,
    refreshInterval: Duration
  ) {
    self.store = store
    self.refreshes = refreshes
    self.activity = activity
    self.clock = clock
    self.refreshInterval = refreshInterval
  }

  /// Why a call's key did not let it in.
  public enum AuthenticationFailure: Error, Sendable {
    /// The key itself.
    case refused(Caller.Refusal)
    /// The store could not say.
    case storeUnavailable(StoreError)
  }

  /// The caller behind a key, looked up at every call: keys are revoked and expire while connections live.
  public func caller(holding digest: APIKeyDigest) async throws(AuthenticationFailure) -> Caller {
    let key: APIKey?
    do {
      key = try await store.apiKey(digest: digest)
    } catch {
      throw .storeUnavailable(error)
    }
    do {
      let caller = try Caller(key: key, now: clock.now)
      activity.note(at: clock.uptime)
      return caller
    } catch {
      throw .refused(error)
    }
  }

  /// The accounts as the caller may see them.
  ///
  /// - Parameter accountIDs: narrows the answer; accounts the caller may not see and unknown ones are left out alike.
  public func summary(for caller: Caller, accountIDs: Set<AccountID>?) async throws(StoreError) -> FleetSummary {
    let snapshot = try await store.snapshot(of: caller.scope.narrowed(to: accountIDs))
    return FleetSummary(snapshot, for: caller, now: clock.now, refreshInterval: refreshInterval)
  }

  /// Yields soon after something was committed to the store, by whomever; several commits may count as one.
  public func changes() -> AsyncStream<Void> { store.changes() }

  /// Refreshes the accounts in the caller's scope and reports what became of each.
  ///
  /// Cancelling the calling task ends the wait (`.waitCancelled`) and touches no work. A caller that may not see usage
  /// is not told when it was observed either.
  public func refresh(for caller: Caller, accountIDs: Set<AccountID>?) async throws(RefreshRefusal) -> RefreshReport {
    var report = try await refreshes.refresh(caller.scope.narrowed(to: accountIDs))
    if try await !showsUsage(to: caller) {
      for index in report.outcomes.indices { report.outcomes[index].observedAt = nil }
    }
    return report
  }

  /// Whether the caller may see usage as the settings stand now.
  private func showsUsage(to caller: Caller) async throws(RefreshRefusal) -> Bool {
    guard caller.seesUsage else { return false }
    do {
      return try await !store.snapshot(of: .only([])).hidesUpstreamQuota
    } catch {
      throw .storeUnavailable(error)
    }
  }
}
