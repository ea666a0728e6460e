/// The two calls, free of any protocol: who is calling, what is left, go and look again.
public struct FleetService: Sendable {
  private let store: any FleetStore
  private let refreshes: RefreshCoordinator
  private let activity: CallActivity
  private let clock: any FleetClock

  /// Composes the service.
  ///
  /// - Parameters:
  ///   - refreshes: does the refreshes, and knows how long a sample counts as fresh.
  ///   - activity: told of every call whose key was accepted.
  public init(
    store: any FleetStore, refreshes: RefreshCoordinator, activity: CallActivity, clock: any FleetClock
  ) {
    self.store = store
    self.refreshes = refreshes
    self.activity = activity
    self.clock = clock
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
    // Asked for before the key is read: what is read then is no older than this state. All who come after a change wait
    // for one reading, with which the keys come that were asked for before it.
    var state = store.knownState()
    if state == nil { state = try? await store.state() }
    if let caller = state?.caller(holding: digest, now: clock.now) {
      activity.note(at: clock.uptime)
      return caller
    }
    let key: APIKey?
    do {
      key = try await store.apiKey(digest: digest)
    } catch {
      throw .storeUnavailable(error)
    }
    do {
      let caller = try Caller(key: key, now: clock.now)
      if let key { state?.remember(key, digest) }
      activity.note(at: clock.uptime)
      return caller
    } catch {
      throw .refused(error)
    }
  }

  /// The accounts as the caller may see them, still to be derived.
  ///
  /// - Parameter accountIDs: narrows the answer; accounts the caller may not see and unknown ones are left out alike.
  public func look(for caller: Caller, accountIDs: Set<AccountID>?) async throws(StoreError) -> FleetLook {
    let state = try await store.state()
    return FleetLook(
      at: state, for: caller, accountIDs: accountIDs, now: clock.now, refreshInterval: refreshes.settings.interval)
  }

  /// All that the holder of a key may see, if nothing has to be read for it: neither waits nor blocks.
  ///
  /// Nil says nothing about the key: whoever gets it has to ask for the caller, and then for the look.
  public func lookAtOnce(holding digest: APIKeyDigest) -> FleetLook? {
    guard let state = store.knownState() else { return nil }
    let now = clock.now
    guard let caller = state.caller(holding: digest, now: now) else { return nil }
    activity.note(at: clock.uptime)
    return FleetLook(at: state, for: caller, now: now, refreshInterval: refreshes.settings.interval)
  }

  /// Yields soon after something was committed to the store, by whomever; several commits may count as one.
  public func changes() -> AsyncStream<Void> { store.changes() }

  /// Refreshes the accounts in the caller's scope and reports what became of each.
  ///
  /// Cancelling the calling task ends the wait (`.waitCancelled`) and touches no work. A caller that may not see usage
  /// is not told when it was observed either.
  public func refresh(for caller: Caller, accountIDs: Set<AccountID>?) async throws(RefreshRefusal) -> RefreshReport {
    var report = try await refreshes.refresh(caller.scope.narrowed(to: accountIDs))
    if await !showsUsage(to: caller) {
      for index in report.outcomes.indices { report.outcomes[index].observedAt = nil }
    }
    return report
  }

  /// Whether the caller may see usage as the settings stand now; not while they cannot be read.
  private func showsUsage(to caller: Caller) async -> Bool {
    guard caller.seesUsage, let state = try? await store.state() else { return false }
    return !state.snapshot.hidesUpstreamQuota
  }
}
