import Testing

@testable import Fleet

/// One input of the derivation and the status it has to come to.
struct StatusCase: Sendable, CustomTestStringConvertible {
  static let now: Int64 = 1_000_000
  static let past = now - 100
  static let future = now + 100

  var testDescription: String
  var account: Account
  var latest: LatestUsage
  var expected: AccountStatus

  init(
    _ name: String, _ status: AccountStatus, plan: String = "plus", reset: Int64? = nil, blocked: Int64? = nil,
    primary: UsageSample? = nil, secondary: UsageSample? = nil, monthly: UsageSample? = nil,
    gives expected: AccountStatus
  ) {
    testDescription = name
    account = .sample(plan: plan, status: status, resetAt: reset, blockedAt: blocked)
    latest = LatestUsage(primary: primary, secondary: secondary, monthly: monthly)
    self.expected = expected
  }

  /// A primary row with so much used, that resets in the future.
  static func short(_ usedPercent: Double, credits: UsageSample.Credits = .none) -> UsageSample {
    .row(usedPercent, at: now - 10, resetAt: future, credits: credits)
  }

  /// A secondary row with so much used.
  static func long(_ usedPercent: Double, credits: UsageSample.Credits = .none) -> UsageSample {
    .row(usedPercent, at: now - 10, resetAt: future, minutes: 10_080, credits: credits)
  }

  var derived: AccountStatus {
    StatusDerivation(
      account: account, latest: latest, windows: EffectiveWindows(latest, plan: account.plan), now: Self.now,
      refreshInterval: .seconds(60)
    ).status
  }
}

@Suite("Status derivation")
struct StatusDerivationTests {
  typealias Case = StatusCase

  @Test(
    "rule 1: what the operator or the provider decided stays",
    arguments: [
      Case("paused", .paused, primary: Case.short(100), secondary: Case.long(100), gives: .paused),
      Case("reauth", .reauthRequired, primary: Case.short(0), secondary: Case.long(0), gives: .reauthRequired),
      Case("deactivated", .deactivated, secondary: Case.long(0, credits: .has(true)), gives: .deactivated),
    ])
  func terminal(status: Case) { #expect(status.derived == status.expected) }

  @Test(
    "rule 2: an exhausted long window",
    arguments: [
      Case("active becomes exceeded", .active, secondary: Case.long(100), gives: .quotaExceeded),
      Case("just below stays", .active, secondary: Case.long(99.9), gives: .active),
      Case("more than all of it", .active, secondary: Case.long(120), gives: .quotaExceeded),
      Case(
        "it outweighs an exhausted primary", .active, primary: Case.short(100), secondary: Case.long(100),
        gives: .quotaExceeded),
      Case("a limited account too", .rateLimited, reset: Case.past, secondary: Case.long(100), gives: .quotaExceeded),
      Case(
        "credits lift an exceeded one", .quotaExceeded, reset: Case.future,
        secondary: Case.long(100, credits: .has(true)), gives: .active),
      Case("credits keep an active one", .active, secondary: Case.long(100, credits: .balance(0.5)), gives: .active),
      Case("the month counts as long", .active, plan: "free", monthly: Case.long(100), gives: .quotaExceeded),
      Case("the month of a paid plan does not", .active, monthly: Case.long(100), gives: .active),
      Case(
        "a misplaced weekly row counts as long", .active, primary: .row(100, at: Case.now, minutes: 10_080),
        gives: .quotaExceeded),
      Case(
        "an elapsed long window still counts", .active, secondary: .row(100, at: Case.now, resetAt: Case.past),
        gives: .quotaExceeded),
    ])
  func longExhausted(status: Case) { #expect(status.derived == status.expected) }

  @Test(
    "rule 3: an exceeded quota ends with its reset",
    arguments: [
      Case("before the reset", .quotaExceeded, reset: Case.future, secondary: Case.long(50), gives: .quotaExceeded),
      Case("at the reset", .quotaExceeded, reset: Case.now, secondary: Case.long(50), gives: .active),
      Case(
        "one second before it", .quotaExceeded, reset: Case.now + 1, secondary: Case.long(50), gives: .quotaExceeded),
      Case("without a reset", .quotaExceeded, secondary: Case.long(50), gives: .active),
      Case("a reset of zero has long passed", .quotaExceeded, reset: 0, secondary: Case.long(50), gives: .active),
      Case(
        "nothing known of the long window", .quotaExceeded, reset: Case.past, primary: Case.short(1),
        gives: .quotaExceeded),
      Case("nothing known at all", .quotaExceeded, gives: .quotaExceeded),
    ])
  func quotaEnds(status: Case) { #expect(status.derived == status.expected) }

  @Test(
    "rule 4: credits lift an exceeded quota",
    arguments: [
      Case(
        "before its reset", .quotaExceeded, reset: Case.future, primary: Case.short(1, credits: .unlimited(true)),
        secondary: Case.long(50), gives: .active),
      Case("with no long window", .quotaExceeded, primary: Case.short(1, credits: .has(true)), gives: .active),
      Case(
        "not with an exhausted primary", .quotaExceeded, primary: Case.short(100, credits: .has(true)),
        gives: .rateLimited),
      Case(
        "not when there are none", .quotaExceeded, primary: Case.short(1, credits: .has(false)), gives: .quotaExceeded),
      Case(
        "not at a balance of zero", .quotaExceeded, primary: Case.short(1, credits: .balance(0)), gives: .quotaExceeded),
    ])
  func creditsLift(status: Case) { #expect(status.derived == status.expected) }

  @Test(
    "rule 5: an exhausted primary window",
    arguments: [
      Case("active becomes limited", .active, primary: Case.short(100), gives: .rateLimited),
      Case("just below stays", .active, primary: Case.short(99.9), gives: .active),
      Case("credits do not matter", .active, primary: Case.short(100, credits: .unlimited(true)), gives: .rateLimited),
      Case(
        "one that stays exceeded becomes limited", .quotaExceeded, reset: Case.future, primary: Case.short(100),
        secondary: Case.long(50), gives: .rateLimited),
      Case("elapsed counts as unused", .active, primary: .row(100, at: Case.now, resetAt: Case.now), gives: .active),
      Case(
        "one second to go does not", .active, primary: .row(100, at: Case.now, resetAt: Case.now + 1),
        gives: .rateLimited),
    ])
  func primaryExhausted(status: Case) { #expect(status.derived == status.expected) }

  @Test(
    "rules 6 and 7: a rate limit ends with its reset, and only when that was not in doubt",
    arguments: [
      Case("before the reset", .rateLimited, reset: Case.future, primary: Case.short(1), gives: .rateLimited),
      Case("at the reset", .rateLimited, reset: Case.now, primary: Case.short(1), gives: .active),
      Case("a reset of zero has long passed", .rateLimited, reset: 0, primary: Case.short(1), gives: .active),
      Case("told by the long window", .rateLimited, reset: Case.past, secondary: Case.long(99.9), gives: .active),
      Case(
        "an exhausted long window with credits tells nothing", .rateLimited, reset: Case.past,
        secondary: Case.long(100, credits: .has(true)), gives: .rateLimited),
      Case("nothing known at all", .rateLimited, reset: Case.past, gives: .rateLimited),
      Case("no reset: rows alone do not lift it", .rateLimited, primary: Case.short(1), gives: .rateLimited),
      Case(
        "noticed at an instant: rows alone do not lift it", .rateLimited, reset: Case.past, blocked: Case.past,
        primary: Case.short(1), gives: .rateLimited),
      Case(
        "credits lift it at its reset whatever was noticed", .rateLimited, reset: Case.past, blocked: Case.past,
        primary: Case.short(1, credits: .has(true)), gives: .active),
      Case(
        "credits lift it without a reset", .rateLimited, primary: Case.short(1, credits: .has(true)), gives: .active),
      Case(
        "credits do not lift it before its reset", .rateLimited, reset: Case.future,
        primary: Case.short(1, credits: .has(true)), gives: .rateLimited),
      Case(
        "an elapsed primary counts as known", .rateLimited, reset: Case.past,
        primary: .row(100, at: Case.now, resetAt: Case.past), gives: .active),
    ])
  func rateLimitEnds(status: Case) { #expect(status.derived == status.expected) }

  @Test(
    "a primary window of no capacity",
    arguments: [
      Case("does not limit", .active, plan: "free", primary: Case.short(100), gives: .active),
      Case(
        "limits on while it is the five-hour one", .rateLimited, plan: "free", reset: Case.future,
        primary: Case.short(50), gives: .rateLimited),
      Case(
        "five hours, exhausted, after the reset", .rateLimited, plan: "free", reset: Case.past,
        primary: Case.short(100), gives: .rateLimited),
      Case(
        "another length and room in the long window", .rateLimited, plan: "free", reset: Case.future,
        blocked: Case.past, primary: .row(100, at: Case.now, minutes: 60), secondary: Case.long(50), gives: .active),
      Case(
        "another length, no long window", .rateLimited, plan: "free", reset: Case.past,
        primary: .row(100, at: Case.now, minutes: 60), gives: .rateLimited),
      Case(
        "another length, exhausted long window", .rateLimited, plan: "free", reset: Case.past,
        primary: .row(1, at: Case.now, minutes: 60), secondary: Case.long(100), gives: .quotaExceeded),
      Case(
        "unknown length", .rateLimited, plan: "free", reset: Case.future, primary: .row(1, at: Case.now, minutes: nil),
        secondary: Case.long(50), gives: .rateLimited),
      Case(
        "a long window of three minutes ago proves it", .rateLimited, plan: "free", reset: Case.future,
        primary: .row(1, at: Case.now, minutes: 60), secondary: .row(50, at: Case.now - 180), gives: .active),
      Case(
        "an older long window proves nothing", .rateLimited, plan: "free", reset: Case.future,
        primary: .row(1, at: Case.now, minutes: 60), secondary: .row(50, at: Case.now - 181), gives: .rateLimited),
      Case(
        "a weekly row in its slot tells the length", .rateLimited, plan: "free", reset: Case.future,
        primary: .row(50, at: Case.now, minutes: 10_080), gives: .active),
      Case(
        "also beside the month", .rateLimited, plan: "free", reset: Case.future,
        primary: .row(50, at: Case.now, minutes: 10_080), monthly: Case.long(50), gives: .active),
      Case(
        "the month alone tells no length", .rateLimited, plan: "free", reset: Case.future,
        primary: .row(50, at: Case.now, minutes: 60), monthly: Case.long(50), gives: .rateLimited),
    ])
  func zeroCapacity(status: Case) { #expect(status.derived == status.expected) }

  @Test(
    "credits are those of the newest row that reports any",
    arguments: [
      Case(
        "the newer row", .quotaExceeded, reset: Case.future, primary: .row(1, at: 10, credits: .has(true)),
        secondary: .row(1, at: 11, credits: .has(false)), gives: .quotaExceeded),
      Case(
        "rows that report none are passed over", .quotaExceeded, reset: Case.future,
        primary: .row(1, at: 10, credits: .has(true)), secondary: .row(1, at: 11), gives: .active),
      Case(
        "at a tie the primary row", .quotaExceeded, reset: Case.future, primary: .row(1, at: 10, credits: .has(true)),
        secondary: .row(1, at: 10, credits: .has(false)), gives: .active),
      Case(
        "at a tie the month before the raw rows", .quotaExceeded, plan: "free", reset: Case.future,
        primary: .row(1, at: 10, credits: .has(true)), monthly: .row(1, at: 10, credits: .has(false)),
        gives: .quotaExceeded),
      Case(
        "a raw row that does not count any more", .quotaExceeded, plan: "free", reset: Case.future,
        primary: .row(1, at: 11, credits: .has(true)), monthly: .row(1, at: 10, credits: .has(false)), gives: .active),
      Case(
        "the month of a paid plan is not looked at", .quotaExceeded, reset: Case.future, secondary: .row(1, at: 10),
        monthly: .row(1, at: 11, credits: .has(true)), gives: .quotaExceeded),
    ])
  func newestCredits(status: Case) { #expect(status.derived == status.expected) }

  @Test("two refresh intervals make the long window recent when they are longer than three minutes")
  func longInterval() {
    let account = Account.sample(plan: "free", status: .rateLimited, resetAt: Case.future)
    func status(age: Int64) -> AccountStatus {
      let latest = LatestUsage(
        primary: .row(1, at: Case.now, minutes: 60), secondary: .row(50, at: Case.now - age))
      return StatusDerivation(
        account: account, latest: latest, windows: EffectiveWindows(latest, plan: account.plan), now: Case.now,
        refreshInterval: .seconds(200)
      ).status
    }
    #expect(status(age: 400) == .active)
    #expect(status(age: 401) == .rateLimited)
  }
}
