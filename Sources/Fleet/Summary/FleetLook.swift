/// A state of the store as one caller may see it at one instant: what a summary is derived from.
public struct FleetLook: Sendable {
  /// Names all looks at one state that show the same accounts in the same way.
  public struct Share: Hashable, Sendable {
    private let scope: AccountScope
    private let showsUsage: Bool
    private let refreshInterval: Duration

    fileprivate init(_ caller: Caller, showsUsage: Bool, refreshInterval: Duration) {
      // Not the key: its scope may be changed, while pages in which nothing has changed are taken over.
      scope = caller.scope
      self.showsUsage = showsUsage
      self.refreshInterval = refreshInterval
    }
  }

  /// The state.
  public let state: FleetState
  /// The instant.
  public let now: Timestamp
  /// What it has in common with the looks of others; nil when the caller has asked for single accounts.
  public let share: Share?

  private let scope: AccountScope
  private let showsUsage: Bool
  private let refreshInterval: Duration

  /// Looks at a state.
  ///
  /// - Parameter accountIDs: narrows what is shown; accounts the caller may not see and unknown ones are left out alike.
  public init(
    at state: FleetState, for caller: Caller, accountIDs: Set<AccountID>? = nil, now: Timestamp,
    refreshInterval: Duration
  ) {
    self.state = state
    self.now = now
    self.refreshInterval = refreshInterval
    scope = caller.scope.narrowed(to: accountIDs)
    showsUsage = caller.seesUsage && !state.snapshot.hidesUpstreamQuota
    share = accountIDs == nil ? Share(caller, showsUsage: showsUsage, refreshInterval: refreshInterval) : nil
  }

  /// The accounts as the caller may see them.
  public func summary() -> FleetSummary {
    FleetSummary(
      state.snapshot.narrowed(to: scope).accounts, showsUsage: showsUsage, now: now, refreshInterval: refreshInterval)
  }

  /// The accounts of one page of the state, as far as the caller may see them: joined in order, those of all pages are
  /// the whole summary.
  public func summary(of page: AccountPage) -> FleetSummary {
    var records = page.records
    if case .only(let ids) = scope { records.removeAll { !ids.contains($0.account.id) } }
    return FleetSummary(records, showsUsage: showsUsage, now: now, refreshInterval: refreshInterval)
  }
}
