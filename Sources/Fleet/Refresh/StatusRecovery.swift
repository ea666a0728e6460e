/// A persisted limit that fresh usage shows to be over, with what has to be stored still for it to be lifted.
public struct StatusRecovery: Hashable, Sendable {
  /// The columns of an account's limit.
  public struct Limit: Hashable, Sendable {
    /// The persisted status.
    public var status: AccountStatus
    /// Why the account was last taken out of use.
    public var deactivationReason: String?
    /// When the limit ends, in Unix seconds.
    public var resetAt: Int64?
    /// When it was found, in Unix seconds.
    public var blockedAt: Int64?

    /// Makes a limit of its columns.
    public init(status: AccountStatus, deactivationReason: String?, resetAt: Int64?, blockedAt: Int64?) {
      self.status = status
      self.deactivationReason = deactivationReason
      self.resetAt = resetAt
      self.blockedAt = blockedAt
    }
  }

  /// What was read before the upstream was asked; anything else stored by now makes the recovery void.
  public var expected: Limit
  /// What takes its place.
  public var recovered: Limit

  /// Pairs what is expected with what takes its place.
  public init(expected: Limit, recovered: Limit) {
    self.expected = expected
    self.recovered = recovered
  }

  /// How long a rate limit without a plausible end is believed after it was found.
  static let rateLimitFloor: Int64 = 30
  /// How long an exhausted quota is believed after it was found, in seconds.
  static let quotaFloor: Int64 = 120
  /// The farthest plausible end of a rate limit, in seconds from now.
  static let farthestReset: Int64 = 366 * 86_400

  /// Decides; nil when the limit stands.
  ///
  /// - Parameters:
  ///   - usage: the windows as reported; one without a percentage proves nothing.
  ///   - now: whole Unix seconds.
  init?(of candidate: RefreshCandidate, after usage: ReportedWindows, now: Int64) {
    let account = candidate.account
    expected = Limit(
      status: account.status, deactivationReason: candidate.deactivationReason, resetAt: account.resetAt,
      blockedAt: account.blockedAt)
    recovered = Limit(status: .active, deactivationReason: nil, resetAt: nil, blockedAt: nil)
    switch account.status {
    case .rateLimited:
      guard !Self.isCoolingDown(account, now: now), Self.liftsRateLimit(usage) else { return nil }
    case .quotaExceeded:
      if let blockedAt = account.blockedAt, now < blockedAt.addingClamped(Self.quotaFloor) { return nil }
      guard let long = usage.long, long.hasRoom else { return nil }
      if let primary = usage.primary, primary.isExhausted {
        recovered.status = .rateLimited
        recovered.resetAt = (try? primary.resetAt(now: now)) ?? nil
      }
    case .active, .paused, .reauthRequired, .deactivated: return nil
    }
  }

  /// Whether a rate limit is still to be believed whatever the usage says: throttling need not come from the quota.
  private static func isCoolingDown(_ account: Account, now: Int64) -> Bool {
    guard let blockedAt = account.blockedAt else { return false }
    if let reset = account.resetAt, reset > now, reset <= now.addingClamped(farthestReset) { return true }
    return now < blockedAt.addingClamped(rateLimitFloor)
  }

  private static func liftsRateLimit(_ usage: ReportedWindows) -> Bool {
    guard let short = usage.primary ?? usage.monthly, short.hasRoom else { return false }
    return usage.long?.hasRoom ?? true
  }
}

/// A payload's main windows in their places, as reported.
struct ReportedWindows: Hashable, Sendable {
  /// The short window.
  let primary: UsagePayload.Window?
  /// The long window.
  let secondary: UsagePayload.Window?
  /// The month, when it is reported alone.
  let monthly: UsagePayload.Window?

  /// Sorts a payload's windows: a lone primary window of thirty days is the month's.
  init(_ payload: UsagePayload) {
    let isMonthly = payload.secondary == nil && payload.primary?.limitWindowSeconds == UsageWindow.monthSeconds
    primary = isMonthly ? nil : payload.primary
    secondary = payload.secondary
    monthly = isMonthly ? payload.primary : nil
  }

  /// The longest window.
  var long: UsagePayload.Window? { monthly ?? secondary }
}

extension UsagePayload.Window {
  fileprivate var hasRoom: Bool { usedPercent.map { $0 < 100 } ?? false }
  fileprivate var isExhausted: Bool { usedPercent.map { $0 >= 100 } ?? false }
}

extension Int64 {
  /// The sum with a length of time, which is not negative.
  fileprivate func addingClamped(_ length: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(length)
    return overflow ? .max : sum
  }
}
