import FleetTestSupport
import Testing

@testable import Fleet

@Suite("Status derivation against the decision table")
struct StatusPropertyTests {
  static let now: Int64 = 1_000_000

  struct Drawn: CustomStringConvertible {
    var account: Account
    var planText: String
    var latest: LatestUsage
    var interval: Int64

    var description: String {
      "\(account.status) \(planText) R=\(String(describing: account.resetAt)) B=\(String(describing: account.blockedAt))"
        + " interval=\(interval) \(latest)"
    }
  }

  @Test("both come to the same status for forty thousand drawn accounts", arguments: [1, 2, 3, 4] as [UInt64])
  func agreement(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    var seen: [AccountStatus: Int] = [:]
    for _ in 0..<10_000 {
      let drawn = Self.draw(&generator)
      let plan = drawn.account.plan
      let derived = StatusDerivation(
        account: drawn.account, latest: drawn.latest, windows: EffectiveWindows(drawn.latest, plan: plan),
        now: Self.now, refreshInterval: .seconds(drawn.interval)
      ).status
      let tabled = StatusDecisionTable.status(
        .init(
          account: drawn.account, planText: drawn.planText, latest: drawn.latest,
          now: Self.now, interval: drawn.interval))
      try #require(derived == tabled, "\(drawn)")
      seen[derived, default: 0] += 1
    }
    // What is drawn reaches every answer often enough to mean something.
    #expect(AccountStatus.allCases.allSatisfy { seen[$0, default: 0] > 100 }, "\(seen)")
  }

  static func draw(_ generator: inout SplitMix64) -> Drawn {
    let planText = generator.pick(["free", "free", "plus", "PRO", "gold", ""])
    let storedReset = generator.pick([nil, 0, now - 100, now - 1, now, now + 1, now + 100] as [Int64?])
    let limited: [AccountStatus] = [.rateLimited, .quotaExceeded, .active]
    let account = Account.sample(
      plan: planText, status: generator.pick(limited + limited + limited + AccountStatus.allCases),
      resetAt: storedReset, blockedAt: generator.pick([nil, now - 10]))
    return Drawn(
      account: account, planText: planText,
      latest: LatestUsage(
        primary: row(&generator), secondary: row(&generator), monthly: row(&generator)),
      interval: generator.pick([60, 200]))
  }

  static func row(_ generator: inout SplitMix64) -> UsageSample? {
    guard generator.pick([true, true, true, false]) else { return nil }
    // Ages around 5 s apart, around both recency spans, ties, and one ahead of the clock.
    let age = generator.pick([0, 0, 5, 6, 180, 181, 400, 401, -3] as [Int64])
    let fraction = generator.pick([0, 0, 1, 500_000] as [Int64])
    return UsageSample(
      recordedAt: .at(now - age, microseconds: fraction),
      usedPercent: generator.pick([0, 50, 99.9, 100, 120]),
      resetAt: generator.pick([nil, 0, now - 100, now, now + 1, now + 100]),
      windowMinutes: generator.pick([nil, 0, 60, 300, 10_080, 10_080, 43_200]),
      credits: UsageSample.Credits(
        has: generator.pick([nil, nil, nil, false, true]), unlimited: generator.pick([nil, nil, nil, false, true]),
        balance: generator.pick([nil, nil, nil, 0, 12.5, -1])))
  }
}
