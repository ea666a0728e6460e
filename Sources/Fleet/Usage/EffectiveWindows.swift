/// The windows that count for an account, once misplaced and meaningless rows are sorted out.
public struct EffectiveWindows: Hashable, Sendable {
  /// The short window's row.
  public let primary: UsageSample?
  /// The long window's row.
  public let secondary: UsageSample?
  /// The month's row; when there is one it stands for the whole account and the other two are nil.
  public let monthly: UsageSample?
  /// The newest `recordedAt` of the rows that were used, whether or not they still count.
  public let refreshedAt: Timestamp?

  /// Sorts out an account's latest rows.
  ///
  /// - A weekly row in the primary slot is a weekly sample: it competes with the secondary row for the long window,
  ///   and there is no short one.
  /// - A monthly row counts only for plans with a monthly capacity, and then alone.
  public init(_ latest: LatestUsage, plan: Plan) {
    let keptMonthly = plan.hasMonthlyCapacity ? latest.monthly : nil
    refreshedAt = [latest.primary, latest.secondary, keptMonthly].compactMap { $0?.recordedAt }.max()
    monthly = keptMonthly
    if keptMonthly != nil {
      primary = nil
      secondary = nil
    } else if let weekly = latest.primary, weekly.windowMinutes == UsageWindow.weekMinutes {
      primary = nil
      secondary = latest.secondary.map { Self.preferred(weekly, over: $0) ? weekly : $0 } ?? weekly
    } else {
      primary = latest.primary
      secondary = latest.secondary
    }
  }

  /// The row of the longest window: the month's, else the secondary one.
  public var long: UsageSample? { monthly ?? secondary }

  /// Rows that differ by no more than this were written by one fetch; which is newer then says nothing.
  static let sameFetchTolerance = Duration.seconds(5)

  /// Whether a weekly row found in the primary slot is the better of two weekly samples.
  private static func preferred(_ weekly: UsageSample, over secondary: UsageSample) -> Bool {
    let lead = weekly.recordedAt.since(secondary.recordedAt)
    if lead > sameFetchTolerance { return true }
    if lead < .zero - sameFetchTolerance { return false }
    switch (weekly.resetAt, secondary.resetAt) {
    case (let weeklyReset?, let secondaryReset?): return weeklyReset >= secondaryReset
    case (nil, _?): return false
    case (_, nil): return true
    }
  }
}
