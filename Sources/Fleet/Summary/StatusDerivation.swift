/// What an account may be used for now, told from its persisted status and its latest usage.
///
/// The persisted status lags behind the usage rows in both directions: a row may already show an exhausted window,
/// or a window that has reset since. The derivation is a pure function of its inputs; one value answers for one account.
struct StatusDerivation {
  private let account: Account
  private let windows: EffectiveWindows
  private let now: Int64
  private let signal: PrimarySignal
  private let creditsOverride: Bool

  /// Prepares the derivation.
  ///
  /// - Parameters:
  ///   - latest: the account's rows as stored; an unused row may still carry the newest credits.
  ///   - windows: the same rows, sorted out.
  ///   - now: whole Unix seconds.
  ///   - refreshInterval: how often usage is refreshed; a long window older than two of them proves nothing.
  init(
    account: Account, latest: LatestUsage, windows: EffectiveWindows, now: Int64, refreshInterval: Duration
  ) {
    self.account = account
    self.windows = windows
    self.now = now
    creditsOverride = Self.newestCredits(latest, windows)?.overrideLimits ?? false
    signal = PrimarySignal(
      account: account, latest: latest, windows: windows, now: now, refreshInterval: refreshInterval)
  }

  /// The status to show.
  var status: AccountStatus {
    guard account.status.isRefreshable else { return account.status }
    let derived = limitsApplied(to: signal.recoversWithoutReset ? .active : account.status)
    guard account.status == .rateLimited, derived == .active else { return derived }
    return mayLeaveRateLimit ? .active : .rateLimited
  }

  /// How old a long window may be to prove that a limit is over.
  static func proofAge(_ refreshInterval: Duration) -> Duration { max(refreshInterval * 2, .seconds(180)) }

  private var resetIsAhead: Bool { account.resetAt.map { $0 > now } ?? false }

  private func limitsApplied(to seed: AccountStatus) -> AccountStatus {
    var status = seed
    let long = windows.long?.usedPercent
    if let long, long >= 100 {
      guard creditsOverride else { return .quotaExceeded }
      if status == .quotaExceeded { status = .active }
    }
    if status == .quotaExceeded, long != nil, !resetIsAhead { status = .active }
    let primaryIsExhausted = signal.usedPercent.map { $0 >= 100 } ?? false
    if primaryIsExhausted { return .rateLimited }
    if status == .quotaExceeded, creditsOverride { status = .active }
    if status == .rateLimited, !resetIsAhead, signal.usedPercent != nil || (long.map { $0 < 100 } ?? false) {
      status = .active
    }
    return status
  }

  /// Whether usage rows alone may lift a persisted rate limit; else only its recorded end does.
  private var mayLeaveRateLimit: Bool {
    if signal.recoversWithoutReset || creditsOverride { return true }
    guard account.blockedAt == nil, let reset = account.resetAt else { return false }
    return reset <= now
  }

  /// The credits of the newest row that reports any; of rows of one instant the effective ones come first.
  private static func newestCredits(_ latest: LatestUsage, _ windows: EffectiveWindows) -> UsageSample.Credits? {
    var newest: UsageSample?
    for row in [windows.primary, windows.secondary, windows.monthly, latest.primary, latest.secondary] {
      guard let row, !row.credits.isEmpty, newest.map({ $0.recordedAt < row.recordedAt }) ?? true else { continue }
      newest = row
    }
    return newest?.credits
  }
}

/// What the primary window says about the status: its percentage, or nothing.
private struct PrimarySignal {
  /// The used share in percent; nil when there is no row or it does not count.
  let usedPercent: Double?
  /// Whether a persisted rate limit came from a window of no capacity, and ends with it.
  let recoversWithoutReset: Bool

  init(account: Account, latest: LatestUsage, windows: EffectiveWindows, now: Int64, refreshInterval: Duration) {
    let isHidden =
      account.plan.hasZeroCapacityPrimary
      && Self.zeroCapacityIsHidden(account, latest, windows, now, refreshInterval)
    recoversWithoutReset = isHidden && account.status == .rateLimited
    if isHidden {
      usedPercent = nil
    } else {
      usedPercent = windows.primary.map { $0.hasElapsed(at: now) ? 0 : $0.usedPercent }
    }
  }

  /// Whether a primary window of no capacity is to be ignored.
  ///
  /// A persisted rate limit keeps it while the window is the five-hour one, and also when it cannot be told, unless
  /// a recent long window with something left shows that the limit is over.
  private static func zeroCapacityIsHidden(
    _ account: Account, _ latest: LatestUsage, _ windows: EffectiveWindows, _ now: Int64, _ refreshInterval: Duration
  ) -> Bool {
    guard account.status == .rateLimited else { return true }
    let misplacedWeekly = latest.primary.flatMap { $0.windowMinutes == UsageWindow.weekMinutes ? $0 : nil }
    guard
      let minutes = (windows.primary ?? misplacedWeekly)?.windowMinutes, minutes != UsageWindow.fiveHoursMinutes,
      let long = windows.long, long.usedPercent < 100,
      let instant = Timestamp(unixSeconds: now)
    else { return false }
    return instant.since(long.recordedAt) <= StatusDerivation.proofAge(refreshInterval)
  }
}

extension UsageSample {
  /// Whether the window has reset since the sample was taken, as told at `now` (Unix seconds).
  func hasElapsed(at now: Int64) -> Bool { resetAt.map { $0 <= now } ?? false }
}
