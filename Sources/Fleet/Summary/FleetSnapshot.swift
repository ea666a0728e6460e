/// What a summary is made of: accounts and their latest rows, read in one transaction.
public struct FleetSnapshot: Hashable, Sendable {
  /// The accounts in scope, ordered by e-mail address, then identifier; those about to be deleted are not among them.
  public var accounts: [AccountRecord]
  /// Whether the operator hides the upstream quota from every API key.
  public var hidesUpstreamQuota: Bool

  /// Makes a snapshot of what was read.
  public init(accounts: [AccountRecord], hidesUpstreamQuota: Bool) {
    self.accounts = accounts
    self.hidesUpstreamQuota = hidesUpstreamQuota
  }
}

/// An account and its latest rows.
public struct AccountRecord: Hashable, Sendable {
  /// The account.
  public var account: Account
  /// The latest row of each window.
  public var latest: LatestUsage

  /// Pairs an account with its rows.
  public init(account: Account, latest: LatestUsage) {
    self.account = account
    self.latest = latest
  }
}
