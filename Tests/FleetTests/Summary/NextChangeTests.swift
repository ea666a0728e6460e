import FleetTestSupport
import Testing

@testable import Fleet

@Suite("When a summary changes by itself")
struct NextChangeTests {
  static let interval = Duration.seconds(60)
  static let now = FleetSummaryTests.now

  static func summary(_ account: Account, _ latest: LatestUsage, at now: Timestamp) throws -> FleetSummary {
    FleetSummary(
      FleetSnapshot(accounts: [AccountRecord(account: account, latest: latest)], hidesUpstreamQuota: false),
      for: try FleetSummaryTests.caller(), now: now, refreshInterval: interval)
  }

  @Test(
    "until the instant it names, and not one second longer than needed, the accounts stay what they are",
    arguments: [1, 2, 3, 4] as [UInt64])
  func property(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    var (changes, steps) = (0, 0)
    for _ in 0..<200 {
      let drawn = StatusPropertyTests.draw(&generator)
      let start = Timestamp.at(Self.now - 250, microseconds: 250_000)
      var told = try Self.summary(drawn.account, drawn.latest, at: start)
      // Every instant at which anything could change lies between these two.
      for second in (Self.now - 250)...(Self.now + 250) {
        let instant = Timestamp.at(second, microseconds: 999_999)
        let summary = try Self.summary(drawn.account, drawn.latest, at: instant)
        if let next = told.nextChange, next <= instant {
          if summary.accounts != told.accounts { changes += 1 }
          steps += 1
          told = summary
        } else {
          try #require(summary.accounts == told.accounts, "\(second): \(drawn)")
        }
      }
    }
    // It is no use to look again all the time either.
    #expect(changes > 40 && steps < 3 * 200, "\(changes) \(steps)")
  }

  @Test("the short window's end, the persisted limit's end, or the last second of a proof")
  func instants() throws {
    let row = UsageSample.row(100, at: Self.now - 5, resetAt: Self.now + 90)
    let limited = Account.sample(status: .rateLimited, resetAt: Self.now + 60)
    let instant = Timestamp.at(Self.now)
    #expect(try Self.summary(limited, LatestUsage(primary: row), at: instant).nextChange == .at(Self.now + 60))
    #expect(try Self.summary(.sample(), LatestUsage(primary: row), at: instant).nextChange == .at(Self.now + 90))
    let old = LatestUsage(secondary: .row(40, at: Self.now - 100, minutes: 10_080))
    #expect(try Self.summary(.sample(), old, at: instant).nextChange == .at(Self.now + 81))
    #expect(try Self.summary(.sample(), LatestUsage(), at: instant).nextChange == nil)
  }

  @Test("nothing changes by itself for who may not see usage, nor after the last instant there is")
  func never() throws {
    let row = UsageSample.row(100, at: Self.now - 5, resetAt: Self.now + 90)
    let snapshot = FleetSnapshot(
      accounts: [AccountRecord(account: .sample(), latest: LatestUsage(primary: row))], hidesUpstreamQuota: true)
    let summary = FleetSummary(
      snapshot, for: try FleetSummaryTests.caller(), now: .at(Self.now), refreshInterval: Self.interval)
    #expect(summary.nextChange == nil)
    let absurd = UsageSample.row(100, at: Self.now - 5, resetAt: .max)
    #expect(try Self.summary(.sample(), LatestUsage(primary: absurd), at: .at(Self.now)).nextChange == nil)
  }
}
