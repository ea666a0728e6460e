/// What a summary is made of: accounts and their latest rows, read in one transaction.
public struct FleetSnapshot: Sendable {
  /// The accounts, ordered by e-mail address, then identifier; those about to be deleted are not among them.
  public let pages: [AccountPage]
  /// Whether the operator hides the upstream quota from every API key.
  public let hidesUpstreamQuota: Bool

  /// Makes a snapshot of what was read, in that order.
  ///
  /// - Parameter earlier: a snapshot with which the pages are shared that are the same.
  public init(accounts: [AccountRecord], hidesUpstreamQuota: Bool, sharing earlier: FleetSnapshot? = nil) {
    self.init(
      pages: AccountPage.pages(of: accounts, reusing: earlier?.pages ?? []), hidesUpstreamQuota: hidesUpstreamQuota)
  }

  private init(pages: [AccountPage], hidesUpstreamQuota: Bool) {
    self.pages = pages
    self.hidesUpstreamQuota = hidesUpstreamQuota
  }

  /// The accounts one after the other.
  public var accounts: [AccountRecord] { pages.flatMap(\.records) }

  /// The part of it that lies in a scope.
  public func narrowed(to scope: AccountScope) -> FleetSnapshot {
    guard case .only(let ids) = scope else { return self }
    return FleetSnapshot(
      accounts: accounts.filter { ids.contains($0.account.id) }, hidesUpstreamQuota: hidesUpstreamQuota)
  }

  /// The snapshot with another record in the place of the same account's; nil when that is not all that is different.
  func replacing(_ record: AccountRecord) -> FleetSnapshot? {
    // The first page that reaches the account is the only one it can be on.
    var (low, high) = (0, pages.count)
    while low < high {
      let middle = (low + high) / 2
      if pages[middle].reaches(record.account) { high = middle } else { low = middle + 1 }
    }
    guard low < pages.count, let page = pages[low].replacing(record) else { return nil }
    var pages = pages
    pages[low] = page
    return FleetSnapshot(pages: pages, hidesUpstreamQuota: hidesUpstreamQuota)
  }
}

extension FleetSnapshot: Equatable {
  /// Whether both say the same.
  public static func == (left: FleetSnapshot, right: FleetSnapshot) -> Bool {
    left.hidesUpstreamQuota == right.hidesUpstreamQuota && left.accounts == right.accounts
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
