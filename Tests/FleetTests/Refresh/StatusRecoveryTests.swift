import Testing

@testable import Fleet

@Suite("Recovery of persisted limits")
struct StatusRecoveryTests {
  typealias Window = UsagePayload.Window

  static let now: Int64 = 1_000_000
  static let month: Double = 2_592_000

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var status: AccountStatus
    var resetAt: Int64?
    var blockedAt: Int64?
    var primary: Window?
    var secondary: Window?
    /// The status and the reset it recovers to; nil when the limit stands.
    var recovers: (status: AccountStatus, resetAt: Int64?)?

    init(
      _ name: String, _ status: AccountStatus, resetAt: Int64? = nil, blockedAt: Int64? = nil,
      primary: Window? = Window(usedPercent: 50), secondary: Window? = nil,
      to recovered: AccountStatus? = nil, until newReset: Int64? = nil
    ) {
      testDescription = name
      self.status = status
      self.resetAt = resetAt
      self.blockedAt = blockedAt
      self.primary = primary
      self.secondary = secondary
      recovers = recovered.map { ($0, newReset) }
    }
  }

  static let full = Window(usedPercent: 100)
  static let half = Window(usedPercent: 50)
  static let silent = Window(usedPercent: nil)

  static let rateLimits = [
    Case("without a block, primary has room", .rateLimited, to: .active),
    Case("without a block, a reset ahead does not matter", .rateLimited, resetAt: now + 50, to: .active),
    Case("within 30 s of the block", .rateLimited, blockedAt: now - 29),
    Case("30 s after the block", .rateLimited, blockedAt: now - 30, to: .active),
    Case("a reset ahead is believed", .rateLimited, resetAt: now + 1, blockedAt: now - 1_000),
    Case("a reset that is reached is over", .rateLimited, resetAt: now, blockedAt: now - 1_000, to: .active),
    Case("a reset 366 days off is believed", .rateLimited, resetAt: now + 31_622_400, blockedAt: now - 1_000),
    Case(
      "a reset farther off is not", .rateLimited, resetAt: now + 31_622_401, blockedAt: now - 1_000, to: .active),
    Case("a reset farther off does not end the 30 s", .rateLimited, resetAt: now + 31_622_401, blockedAt: now - 5),
    Case("primary is exhausted", .rateLimited, primary: full),
    Case("primary is said without a percentage", .rateLimited, primary: silent),
    Case("the long window is exhausted", .rateLimited, secondary: full),
    Case("the long window is said without a percentage", .rateLimited, secondary: silent),
    Case("both have room", .rateLimited, secondary: half, to: .active),
    Case("the long window alone says nothing of the short one", .rateLimited, primary: nil, secondary: half),
    Case(
      "the month alone has room", .rateLimited, primary: Window(usedPercent: 99, limitWindowSeconds: month), to: .active
    ),
    Case("the month alone is exhausted", .rateLimited, primary: Window(usedPercent: 100, limitWindowSeconds: month)),
    Case("no window at all", .rateLimited, primary: nil),
    Case("absurd columns", .rateLimited, resetAt: .max, blockedAt: .max),
  ]

  static let quotas = [
    Case("the long window has room", .quotaExceeded, primary: nil, secondary: half, to: .active),
    Case("within 120 s of the block", .quotaExceeded, blockedAt: now - 119, secondary: half),
    Case("120 s after the block", .quotaExceeded, blockedAt: now - 120, secondary: half, to: .active),
    Case("a reset ahead does not matter", .quotaExceeded, resetAt: now + 9, secondary: half, to: .active),
    Case("the long window is exhausted", .quotaExceeded, secondary: full),
    Case("the long window is said without a percentage", .quotaExceeded, secondary: silent),
    Case("no long window", .quotaExceeded),
    Case(
      "primary is exhausted: a rate limit until its reset", .quotaExceeded,
      primary: Window(usedPercent: 100, resetAt: 1_000_777), secondary: half, to: .rateLimited, until: 1_000_777),
    Case(
      "the same, with a reset that is a span", .quotaExceeded,
      primary: Window(usedPercent: 120, resetAfterSeconds: 7), secondary: half, to: .rateLimited, until: 1_000_007),
    Case(
      "the same, without any reset", .quotaExceeded, primary: full, secondary: half, to: .rateLimited),
    Case("primary is said without a percentage", .quotaExceeded, primary: silent, secondary: half, to: .active),
    Case(
      "the month alone has room", .quotaExceeded, primary: Window(usedPercent: 3, limitWindowSeconds: month),
      to: .active),
  ]

  @Test("a rate limit ends when usage shows room and no cool-down runs", arguments: rateLimits)
  func liftsRateLimit(row: Case) { check(row) }

  @Test("an exhausted quota ends when the long window shows room", arguments: quotas)
  func liftsQuota(row: Case) { check(row) }

  @Test(
    "other statuses are nobody's to lift", arguments: [AccountStatus.active, .paused, .reauthRequired, .deactivated])
  func others(status: AccountStatus) { check(Case("", status, secondary: Self.half)) }

  private func check(_ row: Case) {
    let account = Account.sample(status: row.status, resetAt: row.resetAt, blockedAt: row.blockedAt)
    var candidate = RefreshCandidate.bare(account)
    candidate.deactivationReason = "why"
    let recovery = StatusRecovery(
      of: candidate, after: ReportedWindows(UsagePayload(primary: row.primary, secondary: row.secondary)), now: Self.now
    )
    #expect(recovery?.recovered.status == row.recovers?.status)
    #expect(recovery?.recovered.resetAt == row.recovers?.resetAt)
    guard let recovery else { return }
    #expect(recovery.recovered.blockedAt == nil && recovery.recovered.deactivationReason == nil)
    #expect(
      recovery.expected
        == StatusRecovery.Limit(
          status: row.status, deactivationReason: "why", resetAt: row.resetAt, blockedAt: row.blockedAt))
  }
}
