/// The answer to a summary call: the accounts a key may see, as it may see them, at one instant.
public struct FleetSummary: Hashable, Sendable {
  /// The accounts, ordered by e-mail address, then identifier.
  public var accounts: [AccountSummary]
  /// The instant at which the answer was derived.
  public var generatedAt: Timestamp
  /// When the next limit or window ends, which may change the answer although nothing is written; nil when none does,
  /// or the caller may not see usage.
  public var nextChange: Timestamp?

  /// Projects a snapshot of the store for one caller.
  ///
  /// - Parameters:
  ///   - snapshot: accounts within the caller's scope, with their latest rows.
  ///   - caller: the key behind the call; decides whether usage is shown.
  ///   - now: read once per call.
  ///   - refreshInterval: how often usage is refreshed.
  public init(_ snapshot: FleetSnapshot, for caller: Caller, now: Timestamp, refreshInterval: Duration) {
    let showsUsage = caller.seesUsage && !snapshot.hidesUpstreamQuota
    accounts = snapshot.accounts.map { record in
      showsUsage
        ? AccountSummary(record, now: now, refreshInterval: refreshInterval)
        : AccountSummary(withoutUsage: record.account)
    }
    generatedAt = now
    guard showsUsage else { return }
    nextChange = snapshot.accounts.lazy.flatMap(\.resets).compactMap { Timestamp(unixSeconds: $0) }
      .filter { $0 > now }.min()
  }
}

extension AccountRecord {
  /// The ends, in Unix seconds, of all that is told about the account: of its persisted limit, and of its windows,
  /// shown or not, since a hidden one may count for the status.
  fileprivate var resets: [Int64] {
    ([account.resetAt] + UsageWindow.allCases.map { latest[$0]?.resetAt }).compactMap(\.self)
  }
}

extension AccountSummary {
  /// The account with its windows and the status they imply.
  init(_ record: AccountRecord, now: Timestamp, refreshInterval: Duration) {
    let account = record.account
    let windows = EffectiveWindows(record.latest, plan: account.plan)
    let seconds = now.unixSeconds
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
