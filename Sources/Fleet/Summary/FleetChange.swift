/// What is different between two answers to one caller.
public struct FleetChange: Hashable, Sendable {
  /// The accounts that are new or changed, in full, ordered by e-mail address, then identifier.
  public var accounts: [AccountSummary]
  /// The accounts that the caller no longer sees, in the order in which it saw them.
  public var removed: [AccountID]
  /// The instant at which the later answer was derived.
  public var generatedAt: Timestamp
}

extension FleetSummary {
  /// What has changed since an earlier answer; nil when nothing has.
  public func changes(since earlier: FleetSummary) -> FleetChange? {
    let before = earlier.accounts.reduce(into: [:]) { before, account in before[account.accountID] = account }
    let now = Set(accounts.map(\.accountID))
    let changed = accounts.filter { before[$0.accountID] != $0 }
    let removed = earlier.accounts.map(\.accountID).filter { !now.contains($0) }
    guard !changed.isEmpty || !removed.isEmpty else { return nil }
    return FleetChange(accounts: changed, removed: removed, generatedAt: generatedAt)
  }
}
