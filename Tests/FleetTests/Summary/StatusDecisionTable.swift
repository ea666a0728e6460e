@testable import Fleet

/// The rules of the status once more, as an ordered table of conditions and actions with a small interpreter.
///
/// It is written from the rules alone and shares no code with the derivation, so that a slip in either shows.
struct StatusDecisionTable {
  /// What the rules speak of.
  struct Facts {
    var persisted: AccountStatus
    var isFree: Bool
    var reset: Int64?
    var blocked: Int64?
    var now: Int64
    var recentSpan: Int64
    var rawPrimary: UsageSample?
    var primary: UsageSample?
    var long: UsageSample?
    var hasCredits: Bool
    // What the rows of the table change as they go.
    var status: AccountStatus
    var used: Double?
    var recovers = false
    var isDecided = false

    var usedLong: Double? { long?.usedPercent }
    var isLimited: Bool { persisted == .rateLimited }
    var resetAhead: Bool { (reset ?? .min) > now }
    var minutes: Int64? {
      if let primary { return primary.windowMinutes }
      return rawPrimary?.windowMinutes == 10_080 ? 10_080 : nil
    }
    var longIsRecent: Bool {
      guard let long else { return false }
      return now * 1_000_000 - long.recordedAt.microseconds <= recentSpan * 1_000_000
    }
  }

  typealias Condition = @Sendable (Facts) -> Bool

  enum Action {
    case decide(AccountStatus)
    case become(AccountStatus)
    case primaryUnused
    case hidePrimary
    case hidePrimaryAndRecover
    case keep
  }

  struct Row {
    var all: [Condition]
    var action: Action
  }

  private static func row(_ conditions: Condition..., then action: Action) -> Row {
    Row(all: conditions, action: action)
  }

  private static func decides(_ conditions: Condition..., as status: AccountStatus) -> Row {
    Row(all: conditions, action: .decide(status))
  }

  /// What comes before the rules: in each group the first row that fits is taken.
  private static var preparation: [[Row]] {
    let elapsed: Condition = { $0.primary?.resetAt.map { [now = $0.now] reset in reset <= now } ?? false }
    return [
      [row(elapsed, then: .primaryUnused)],
      [
        row({ !$0.isFree }, then: .keep),
        row({ $0.isLimited }, { $0.minutes == 300 }, then: .keep),
        row({ !$0.isLimited }, then: .hidePrimary),
        row(
          { $0.minutes != nil }, { ($0.usedLong ?? 100) < 100 }, { $0.longIsRecent },
          then: .hidePrimaryAndRecover),
      ],
    ]
  }

  /// The numbered rules, each a group.
  private static var rules: [[Row]] {
    let is1: [AccountStatus] = [.paused, .reauthRequired, .deactivated]
    return [
      is1.map { kept in decides({ $0.persisted == kept }, as: kept) },
      [
        decides({ ($0.usedLong ?? 0) >= 100 }, { !$0.hasCredits }, as: .quotaExceeded),
        row({ ($0.usedLong ?? 0) >= 100 }, { $0.status == .quotaExceeded }, then: .become(.active)),
      ],
      [row({ $0.status == .quotaExceeded }, { $0.usedLong != nil }, { !$0.resetAhead }, then: .become(.active))],
      [row({ $0.hasCredits }, { $0.status == .quotaExceeded }, { ($0.used ?? 0) < 100 }, then: .become(.active))],
      [decides({ ($0.used ?? 0) >= 100 }, as: .rateLimited)],
      [
        row({ $0.status != .rateLimited }, then: .keep),
        row({ $0.resetAhead }, then: .keep),
        row({ $0.used != nil }, then: .become(.active)),
        row({ ($0.usedLong ?? 100) < 100 }, then: .become(.active)),
      ],
    ]
  }

  /// Rule 7, for what the others made active.
  private static var relapse: [Row] {
    [
      row({ !$0.isLimited }, then: .keep),
      row({ $0.status != .active }, then: .keep),
      row({ $0.recovers }, { $0.reset == nil }, then: .keep),
      row({ $0.hasCredits }, then: .keep),
      row({ $0.blocked == nil }, { ($0.reset ?? .max) <= $0.now }, then: .keep),
      row(then: .become(.rateLimited)),
    ]
  }

  static func status(_ facts: Facts) -> AccountStatus {
    var facts = facts
    for group in preparation + rules where !facts.isDecided { apply(group, to: &facts) }
    apply(relapse, to: &facts)
    return facts.status
  }

  private static func apply(_ group: [Row], to facts: inout Facts) {
    let snapshot = facts
    guard let row = group.first(where: { $0.all.allSatisfy { $0(snapshot) } }) else { return }
    switch row.action {
    case .keep: break
    case .become(let status): facts.status = status
    case .decide(let status):
      facts.status = status
      facts.isDecided = true
    case .primaryUnused: facts.used = 0
    case .hidePrimary: facts.used = nil
    case .hidePrimaryAndRecover:
      facts.used = nil
      facts.status = .active
      facts.reset = nil
      facts.recovers = true
    }
  }
}

extension StatusDecisionTable.Facts {
  /// The facts of an account and its raw rows.
  init(account: Account, planText: String, latest: LatestUsage, now: Int64, interval: Int64) {
    let isFree = planText.lowercased() == "free"
    let month = isFree ? latest.monthly : nil
    let isWeekly = latest.primary?.windowMinutes == 10_080
    var primary = isWeekly ? nil : latest.primary
    var secondary = latest.secondary
    if isWeekly, let weekly = latest.primary, secondary.map({ Self.ranks(weekly, over: $0) }) ?? true {
      secondary = weekly
    }
    if month != nil { (primary, secondary) = (nil, nil) }
    let listed = [primary, secondary, month, latest.primary, latest.secondary].compactMap(\.self)
    let reporting = listed.filter { ($0.credits.has, $0.credits.unlimited, $0.credits.balance) != (nil, nil, nil) }
    let newest = reporting.map(\.recordedAt).max()
    let credits = reporting.first { $0.recordedAt == newest }?.credits
    self.init(
      persisted: account.status, isFree: isFree, reset: account.resetAt,
      blocked: account.blockedAt, now: now, recentSpan: max(2 * interval, 180), rawPrimary: latest.primary,
      primary: primary, long: month ?? secondary,
      hasCredits: credits?.has == true || credits?.unlimited == true || (credits?.balance ?? 0) > 0,
      status: account.status, used: primary?.usedPercent)
  }

  /// Whether a weekly row in the primary slot is preferred to the secondary row, by comparing ranks: the age when it
  /// tells anything, then the metadata, then the reset, and at last the slot.
  private static func ranks(_ weekly: UsageSample, over secondary: UsageSample) -> Bool {
    let lead = weekly.recordedAt.microseconds - secondary.recordedAt.microseconds
    if abs(lead) > 5_000_000 { return lead > 0 }
    let isPlaceholder = { (row: UsageSample) in (row.windowMinutes ?? 0) <= 0 && row.resetAt == nil }
    let isReal = { (row: UsageSample) in (row.windowMinutes ?? 0) > 0 && row.resetAt != nil }
    if isReal(weekly), isPlaceholder(secondary) { return true }
    if isReal(secondary), isPlaceholder(weekly) { return false }
    return (weekly.resetAt ?? .min) >= (secondary.resetAt ?? .min)
  }
}
