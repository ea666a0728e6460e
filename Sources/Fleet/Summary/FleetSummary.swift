/// The answer to a summary call: the accounts a key may see, as it may see them, at one instant.
public struct FleetSummary: Hashable, Sendable {
  /// The accounts, ordered by e-mail address, then identifier.
  public var accounts: [AccountSummary]
  /// The instant at which the answer was derived.
  public var generatedAt: Timestamp
  /// The next instant at which the same rows may give other accounts; nil when they never do. Until then they do not.
  public var nextChange: Timestamp?

  /// Projects records for one caller.
  ///
  /// - Parameters:
  ///   - records: accounts within the caller's scope, with their latest rows.
  ///   - showsUsage: whether the caller sees usage.
  ///   - now: read once per call.
  ///   - refreshInterval: how often usage is refreshed.
  init(_ records: [AccountRecord], showsUsage: Bool, now: Timestamp, refreshInterval: Duration) {
    generatedAt = now
    guard showsUsage else {
      accounts = records.map { AccountSummary(withoutUsage: $0.account) }
      return
    }
    let seconds = now.unixSeconds
    var next: Int64?
    accounts = records.map { record in
      let windows = EffectiveWindows(record.latest, plan: record.account.plan)
      if let change = record.nextChange(windows, after: seconds, refreshInterval: refreshInterval) {
        next = min(next ?? change, change)
      }
      return AccountSummary(record, windows, now: seconds, refreshInterval: refreshInterval)
    }
    // What lies beyond the last instant that there is comes never.
    nextChange = next.flatMap { Timestamp(unixSeconds: $0) }
  }

  /// Projects a snapshot of the store for one caller.
  ///
  /// - Parameters:
  ///   - snapshot: accounts within the caller's scope, with their latest rows.
  ///   - caller: the key behind the call; decides whether usage is shown.
  public init(_ snapshot: FleetSnapshot, for caller: Caller, now: Timestamp, refreshInterval: Duration) {
    self.init(
      snapshot.accounts, showsUsage: caller.seesUsage && !snapshot.hidesUpstreamQuota, now: now,
      refreshInterval: refreshInterval)
  }
}

extension AccountSummary {
  /// The account with its windows and the status they imply.
  init(_ record: AccountRecord, _ windows: EffectiveWindows, now seconds: Int64, refreshInterval: Duration) {
    let account = record.account
    let derivation = StatusDerivation(
      account: account, latest: record.latest, windows: windows, now: seconds, refreshInterval: refreshInterval)
    // A window of no capacity shows nothing, and a short window that has reset says nothing about the one that
    // follows it. Long windows are shown as they are: their last sample is still the best there is.
    let shownPrimary = windows.primary.flatMap { row in
      account.plan.hasZeroCapacityPrimary || row.hasElapsed(at: seconds) ? nil : row
    }
    self.init(
      accountID: account.id, displayName: account.displayName, email: account.email, status: derivation.status,
      plan: account.plan.name, primary: Window(shownPrimary), secondary: Window(windows.secondary),
      monthly: Window(windows.monthly), tokensRefreshedAt: account.tokensRefreshedAt,
      usageRefreshedAt: windows.refreshedAt)
  }

  /// The account for a key that may not see usage: blank windows, no instants, and the persisted status, so that
  /// the quota cannot be read off the status either.
  init(withoutUsage account: Account) {
    self.init(
      accountID: account.id, displayName: account.displayName, email: account.email, status: account.status,
      plan: account.plan.name, primary: .blank, secondary: .blank, monthly: .blank, tokensRefreshedAt: nil,
      usageRefreshedAt: nil)
  }
}

extension AccountSummary.Window {
  /// The window a row describes, blank without one.
  fileprivate init(_ sample: UsageSample?) {
    self.init(
      remainingPercent: sample?.remainingPercent,
      resetAt: sample?.resetAt.flatMap { Timestamp(unixSeconds: $0) },
      windowMinutes: sample?.windowMinutes)
  }
}
