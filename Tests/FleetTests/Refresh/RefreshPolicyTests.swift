import Testing

@testable import Fleet

@Suite("Refresh policy")
struct RefreshPolicyTests {
  static let now: Int64 = 1_000_000

  /// One account as a refresh finds it, and what is to be done about it.
  struct Case: Sendable, CustomTestStringConvertible {
    static let now = RefreshPolicyTests.now
    static let recent = Timestamp.at(now - 10)

    var testDescription: String
    var candidate: RefreshCandidate
    var memory = AccountMemory()
    var result: RefreshOutcome.Result?

    /// - Parameter result: nil when the account is to be fetched.
    init(
      _ name: String, _ status: AccountStatus = .active, plan: String = "plus", reset: Int64? = nil,
      blocked: Int64? = nil, primary: UsageSample? = nil, secondary: UsageSample? = nil, monthly: UsageSample? = nil,
      additional: Timestamp? = recent, gives result: RefreshOutcome.Result?
    ) {
      testDescription = name
      candidate = RefreshCandidate(
        account: .sample(plan: plan, status: status, resetAt: reset, blockedAt: blocked),
        latest: LatestUsage(primary: primary, secondary: secondary, monthly: monthly),
        additionalRecordedAt: additional, route: .direct)
      self.result = result
    }

    /// The same with an own fetch so long ago, by the uptime and, unless told otherwise, by the wall clock.
    func fetched(_ ago: Duration, wall: Duration? = nil, inVain: RefreshOutcome? = nil) -> Case {
      var copy = self
      copy.memory.lastFetch = AccountMemory.Fetch(
        at: Timestamp.at(Self.now).advanced(by: .zero - (wall ?? ago)), uptime: .seconds(5_000) - ago, inVain: inVain)
      return copy
    }

    func decision(now: Timestamp = .at(now)) -> RefreshPolicy.Decision {
      RefreshPolicy(interval: .seconds(60))
        .decision(for: candidate, memory: memory, now: now, uptime: .seconds(5_000))
    }
  }

  private func expect(_ row: Case) {
    switch row.decision() {
    case .fetch: #expect(row.result == nil)
    case .leave(let outcome):
      #expect(outcome.result == row.result)
      #expect(outcome.accountID == row.candidate.account.id)
    }
  }

  @Test(
    "freshness of the latest sample",
    arguments: [
      Case("young", primary: .row(at: now - 10), gives: .fresh),
      Case("just younger than the interval", primary: .row(at: now - 59), gives: .fresh),
      Case("as old as the interval", primary: .row(at: now - 60), gives: nil),
      Case("old", primary: .row(at: now - 1_000), gives: nil),
      Case("resets later", primary: .row(at: now - 10, resetAt: now + 1), gives: .fresh),
      Case("resets now", primary: .row(at: now - 10, resetAt: now), gives: nil),
      Case("has reset", primary: .row(at: now - 10, resetAt: now - 5), gives: nil),
      Case("a reset of zero has passed", primary: .row(at: now - 10, resetAt: 0), gives: nil),
      Case("a little ahead of the clock", primary: .row(at: now + 59), gives: .fresh),
      Case("far ahead, the clock was set back", primary: .row(at: now + 60), gives: nil),
    ])
  func latestSample(row: Case) { expect(row) }

  @Test(
    "freshness of additional limits",
    arguments: [
      Case("none at all is not fresh", primary: .row(at: now - 10), additional: nil, gives: nil),
      Case("as old as the interval", primary: .row(at: now - 10), additional: .at(now - 60), gives: nil),
      Case("just younger", primary: .row(at: now - 10), additional: .at(now - 60, microseconds: 1), gives: .fresh),
      Case("far ahead, the clock was set back", primary: .row(at: now - 10), additional: .at(now + 60), gives: nil),
      Case("they alone make a rowless account fresh", gives: .fresh),
      Case("also when they are old it is not", additional: .at(now - 60), gives: nil),
      Case("nothing at all", additional: nil, gives: nil),
    ])
  func additional(row: Case) { expect(row) }

  @Test(
    "another window stands in for a stale latest sample",
    arguments: [
      Case("more than 5 s newer and fresh", primary: .row(at: now - 60), secondary: .row(at: now - 54), gives: .fresh),
      Case("5 s newer is the same fetch", primary: .row(at: now - 60), secondary: .row(at: now - 55), gives: nil),
      Case("older", primary: .row(at: now - 60, resetAt: now), secondary: .row(at: now - 100), gives: nil),
      Case("newer but not fresh", primary: .row(at: now - 100), secondary: .row(at: now - 60), gives: nil),
      Case("newer but reset", primary: .row(at: now - 60), secondary: .row(at: now - 10, resetAt: now), gives: nil),
      Case(
        "newer than an elapsed sample", primary: .row(at: now - 20, resetAt: now - 5), secondary: .row(at: now - 10),
        gives: .fresh),
      Case("alone and fresh", secondary: .row(at: now - 10), gives: .fresh),
      Case("alone and stale", secondary: .row(at: now - 60), gives: nil),
      Case(
        "still needs fresh additional limits", primary: .row(at: now - 60), secondary: .row(at: now - 10),
        additional: nil, gives: nil),
    ])
  func otherWindows(row: Case) { expect(row) }

  @Test(
    "monthly rows count for plans that are counted by month",
    arguments: [
      Case("the month is the latest sample", plan: "free", monthly: .row(at: now - 10), gives: .fresh),
      Case("a stale month", plan: "free", monthly: .row(at: now - 60), gives: nil),
      Case(
        "a stale primary row and a fresh month", plan: "free", primary: .row(at: now - 90), monthly: .row(at: now - 10),
        gives: .fresh),
      Case(
        "a fresh primary row and a stale month", plan: "free", primary: .row(at: now - 10), monthly: .row(at: now - 90),
        gives: .fresh),
      Case(
        "the month of a paid plan does not help", primary: .row(at: now - 90), monthly: .row(at: now - 10), gives: nil),
      Case(
        "a stale month and a newer secondary row", plan: "free", secondary: .row(at: now - 10),
        monthly: .row(at: now - 90), gives: .fresh),
    ])
  func monthly(row: Case) { expect(row) }

  @Test(
    "the persisted status decides first",
    arguments: [
      Case("paused", .paused, gives: .skipped), Case("reauth", .reauthRequired, gives: .skipped),
      Case("deactivated", .deactivated, primary: .row(at: now - 10), gives: .skipped),
    ])
  func statuses(row: Case) {
    var row = row
    // Neither a cool-down nor a fetch changes it.
    row.memory.coolDown = AccountMemory.CoolDown(
      ends: .seconds(9_999), login: nil, reason: .upstreamStatus(403))
    let outcome = RefreshOutcome(
      accountID: row.candidate.account.id, result: .skipped, reason: .status(row.candidate.account.status))
    #expect(row.decision() == .leave(outcome))
  }

  @Test("a cool-down comes before freshness and says when it ends")
  func coolDown() {
    var row = Case("", primary: .row(at: Self.now - 10), gives: .fresh).fetched(.seconds(1))
    row.memory.coolDown = AccountMemory.CoolDown(
      ends: .seconds(5_100), login: nil, reason: .upstreamStatus(401))
    let outcome = RefreshOutcome(
      accountID: row.candidate.account.id, result: .coolingDown, reason: .upstreamStatus(401),
      blockedUntil: .at(Self.now + 100))
    #expect(row.decision() == .leave(outcome))
    row.memory.coolDown?.ends = .seconds(5_000)
    expect(row)
  }

  @Test("another login than the one that was refused need not wait")
  func newLogin() {
    var row = Case("", gives: nil)
    let refused = Timestamp.at(Self.now - 200)
    row.memory.coolDown = AccountMemory.CoolDown(ends: .seconds(5_100), login: refused, reason: .upstreamStatus(403))
    func isCoolingDown() -> Bool {
      if case .leave(let outcome) = row.decision() { outcome.result == .coolingDown } else { false }
    }
    row.candidate.account.tokensRefreshedAt = refused
    #expect(isCoolingDown())
    // Older, when it was made before and imported now.
    for other in [Self.now - 300, Self.now - 100] {
      row.candidate.account.tokensRefreshedAt = .at(other)
      #expect(!isCoolingDown())
    }
  }

  @Test(
    "a limit whose reset has passed is looked at again",
    arguments: [
      Case("a sample older than the reset", .rateLimited, reset: now - 5, primary: .row(at: now - 10), gives: nil),
      Case("the reset is now", .quotaExceeded, reset: now, blocked: now, primary: .row(at: now - 10), gives: nil),
      Case("no sample", .rateLimited, reset: now - 5, gives: nil),
      Case("a sample of the reset's second", .rateLimited, reset: now - 10, primary: .row(at: now - 10), gives: .fresh),
      Case("a newer sample", .rateLimited, reset: now - 20, primary: .row(at: now - 10), gives: .fresh),
      Case("a reset to come", .rateLimited, reset: now + 1, primary: .row(at: now - 10), gives: .fresh),
      Case("no reset", .rateLimited, primary: .row(at: now - 10), gives: .fresh),
      Case(
        "a reset of zero lies before every sample", .rateLimited, reset: 0, primary: .row(at: now - 10), gives: .fresh),
      Case("an account that is not limited", .active, reset: now - 5, primary: .row(at: now - 10), gives: .fresh),
      Case(
        "only the latest sample's age counts", .rateLimited, reset: now - 20, primary: .row(at: now - 30),
        secondary: .row(at: now - 5), gives: nil),
    ])
  func passedReset(row: Case) { expect(row) }

  @Test(
    "an exhausted quota is looked at again",
    arguments: [
      Case("noticed at no known time, no sample", .quotaExceeded, gives: nil),
      Case("noticed at no known time, a sample", .quotaExceeded, primary: .row(at: now - 10), gives: .fresh),
      Case("120 s after it was noticed, no sample", .quotaExceeded, blocked: now - 120, gives: nil),
      Case("119 s after it was noticed, no sample", .quotaExceeded, blocked: now - 119, gives: .fresh),
      Case("a sample older than that", .quotaExceeded, blocked: now - 125, primary: .row(at: now - 6), gives: nil),
      Case(
        "a sample of that very second", .quotaExceeded, blocked: now - 126, primary: .row(at: now - 6), gives: .fresh),
      Case(
        "a rate limit has no such recheck", .rateLimited, blocked: now - 125, primary: .row(at: now - 6), gives: .fresh),
      Case("a rate limit without a sample neither", .rateLimited, gives: .fresh),
    ])
  func quotaRecheck(row: Case) { expect(row) }

  @Test(
    "an own fetch counts whatever rows it left",
    arguments: [
      Case("no rows at all", additional: nil, gives: .fresh).fetched(.seconds(59)),
      Case("as long ago as the interval", additional: nil, gives: nil).fetched(.seconds(60)),
      Case("a row that has reset", primary: .row(at: now - 10, resetAt: now), gives: .fresh).fetched(.seconds(10)),
      Case("before the reset it does not", .rateLimited, reset: now - 5, primary: .row(at: now - 10), gives: nil)
        .fetched(.seconds(10)),
      Case("after the reset it does", .rateLimited, reset: now - 15, additional: nil, gives: .fresh).fetched(
        .seconds(10)),
      Case("at the reset it does", .rateLimited, reset: now - 10, additional: nil, gives: .fresh).fetched(.seconds(10)),
      Case(
        "before the quota's recheck it does not", .quotaExceeded, blocked: now - 125, primary: .row(at: now - 6),
        gives: nil
      ).fetched(.seconds(6)),
      Case("after the quota's recheck it does", .quotaExceeded, blocked: now - 125, additional: nil, gives: .fresh)
        .fetched(.seconds(4)),
      Case("for a quota without a sample it does", .quotaExceeded, additional: nil, gives: .fresh).fetched(
        .seconds(10)),
      Case("the wall clock was set back since", additional: nil, gives: .fresh).fetched(
        .seconds(10), wall: .seconds(-9_000)),
      Case("the wall clock was set forward since", additional: nil, gives: .fresh).fetched(
        .seconds(10), wall: .seconds(9_000)),
      Case("an old one is no harm to fresh rows", primary: .row(at: now - 10), gives: .fresh).fetched(.seconds(600)),
    ])
  func ownFetch(row: Case) { expect(row) }

  @Test("what a fetch in vain had to say is repeated while it is fresh")
  func inVain() {
    let row = Case("", additional: nil, gives: nil)
    let outcome = RefreshOutcome(accountID: row.candidate.account.id, result: .rejected, reason: .identityMismatch)
    #expect(row.fetched(.seconds(59), inVain: outcome).decision() == .leave(outcome))
    #expect(row.fetched(.seconds(60), inVain: outcome).decision() == .fetch)
  }

  @Test("fractions of a second count for ages")
  func fractions() {
    let row = Case("", primary: .row(at: Self.now - 60), gives: nil)
    #expect(row.decision(now: .at(Self.now - 1, microseconds: 999_999)) != .fetch)
    #expect(row.decision(now: .at(Self.now)) == .fetch)
  }
}
