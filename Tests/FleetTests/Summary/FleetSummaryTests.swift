import Testing

@testable import Fleet

@Suite("Fleet summary")
struct FleetSummaryTests {
  static let now: Int64 = 1_000_000

  static let seeing = "account_pool_usage,upstream_limits"

  static func caller(_ sections: String = seeing) throws -> Caller {
    try Caller(
      key: APIKey(id: "key", isActive: true, expiresAt: nil, usageSections: sections, scope: .all), now: .at(now))
  }

  static func summary(
    _ account: Account, _ latest: LatestUsage = LatestUsage(), sections: String = seeing, hidden: Bool = false,
    now: Timestamp = .at(now)
  ) throws -> AccountSummary {
    let snapshot = FleetSnapshot(
      accounts: [AccountRecord(account: account, latest: latest)], hidesUpstreamQuota: hidden)
    let summary = FleetSummary(snapshot, for: try caller(sections), now: now, refreshInterval: .seconds(60))
    #expect(summary.generatedAt == now)
    return try #require(summary.accounts.first)
  }

  @Test("a row shows what is left, when it resets and how long it is")
  func window() throws {
    let summary = try Self.summary(
      .sample(),
      LatestUsage(
        primary: .row(30.5, at: Self.now - 5, resetAt: Self.now + 100),
        secondary: .row(120, at: Self.now - 7, resetAt: Self.now + 200, minutes: 10_080)))
    #expect(summary.primary == .init(remainingPercent: 69.5, resetAt: .at(Self.now + 100), windowMinutes: 300))
    #expect(summary.secondary == .init(remainingPercent: 0, resetAt: .at(Self.now + 200), windowMinutes: 10_080))
    #expect(summary.monthly == .blank)
    #expect(summary.usageRefreshedAt == .at(Self.now - 5))
    #expect(summary.status == .quotaExceeded)
  }

  @Test("what a row does not say is blank in its window")
  func sparseRow() throws {
    let summary = try Self.summary(.sample(), LatestUsage(primary: .row(25, at: 1, minutes: nil)))
    #expect(summary.primary == .init(remainingPercent: 75, resetAt: nil, windowMinutes: nil))
    #expect(summary.secondary == .blank)
  }

  @Test("a reset that no date can be written for is blank")
  func absurdReset() throws {
    let summary = try Self.summary(.sample(), LatestUsage(primary: .row(25, at: 1, resetAt: .max)))
    #expect(summary.primary == .init(remainingPercent: 75, resetAt: nil, windowMinutes: 300))
  }

  @Test("an elapsed primary window is blank", arguments: [(0, true), (-1, true), (1, false)] as [(Int64, Bool)])
  func elapsedPrimary(offset: Int64, isBlank: Bool) throws {
    let row = UsageSample.row(100, at: Self.now - 5, resetAt: Self.now + offset)
    let summary = try Self.summary(.sample(), LatestUsage(primary: row))
    #expect((summary.primary == .blank) == isBlank)
    #expect(summary.status == (isBlank ? .active : .rateLimited))
    #expect(summary.usageRefreshedAt == row.recordedAt)
  }

  @Test("fractions of a second do not count for a reset")
  func wholeSeconds() throws {
    let row = UsageSample.row(10, at: Self.now - 5, resetAt: Self.now)
    let shortlyBefore = Timestamp.at(Self.now - 1, microseconds: 999_999)
    #expect(try Self.summary(.sample(), LatestUsage(primary: row), now: shortlyBefore).primary != .blank)
    #expect(try Self.summary(.sample(), LatestUsage(primary: row), now: .at(Self.now)).primary == .blank)
  }

  @Test("long windows are shown as they are, also elapsed")
  func elapsedLong() throws {
    let row = UsageSample.row(40, at: Self.now - 5, resetAt: Self.now - 1, minutes: 10_080)
    let shown = AccountSummary.Window(remainingPercent: 60, resetAt: .at(Self.now - 1), windowMinutes: 10_080)
    #expect(try Self.summary(.sample(), LatestUsage(secondary: row)).secondary == shown)
    #expect(try Self.summary(.sample(), LatestUsage(primary: row)).secondary == shown)
    #expect(try Self.summary(.sample(plan: "free"), LatestUsage(monthly: row)).monthly == shown)
  }

  @Test("a free plan never shows a primary window", arguments: [AccountStatus.active, .rateLimited, .paused])
  func freePrimary(status: AccountStatus) throws {
    let latest = LatestUsage(
      primary: .row(10, at: Self.now, resetAt: Self.now + 10), secondary: .row(20, at: Self.now, minutes: 10_080))
    let summary = try Self.summary(.sample(plan: "Free", status: status), latest)
    #expect(summary.primary == .blank)
    #expect(summary.secondary.remainingPercent == 80)
    #expect(summary.plan == "free")
  }

  @Test("a free plan with a month shows that alone")
  func freeMonth() throws {
    let latest = LatestUsage(
      primary: .row(10, at: Self.now), secondary: .row(20, at: Self.now - 1, minutes: 10_080),
      monthly: .row(30, at: Self.now - 2, minutes: 43_200))
    let summary = try Self.summary(.sample(plan: "free"), latest)
    #expect(summary.primary == .blank && summary.secondary == .blank)
    #expect(summary.monthly == .init(remainingPercent: 70, resetAt: nil, windowMinutes: 43_200))
    #expect(summary.usageRefreshedAt == .at(Self.now))
  }

  @Test("an account without rows shows blank windows and no instant")
  func noRows() throws {
    let summary = try Self.summary(.sample())
    #expect([summary.primary, summary.secondary, summary.monthly] == [.blank, .blank, .blank])
    #expect(summary.usageRefreshedAt == nil)
  }

  @Test(
    "a key that may not see usage gets blanks and the persisted status",
    arguments: ["", "account_pool_usage", "upstream_limits", "account_pool_usage,upstream_limit"])
  func hiddenByKey(sections: String) throws { try expectHidden(sections: sections, hidden: false) }

  @Test("the operator's setting hides usage from every key")
  func hiddenBySetting() throws { try expectHidden(sections: Self.seeing, hidden: true) }

  private func expectHidden(sections: String, hidden: Bool) throws {
    var account = Account.sample(status: .active)
    account.tokensRefreshedAt = .at(Self.now - 1_000)
    let latest = LatestUsage(
      primary: .row(100, at: Self.now - 5, resetAt: Self.now + 100),
      secondary: .row(100, at: Self.now - 5, resetAt: Self.now + 100, minutes: 10_080))
    #expect(try Self.summary(account, latest).status == .quotaExceeded)
    #expect(try Self.summary(account, latest).tokensRefreshedAt == .at(Self.now - 1_000))
    let summary = try Self.summary(account, latest, sections: sections, hidden: hidden)
    #expect(summary.status == .active)
    #expect([summary.primary, summary.secondary, summary.monthly] == [.blank, .blank, .blank])
    #expect(summary.tokensRefreshedAt == nil && summary.usageRefreshedAt == nil)
    #expect(summary.accountID == account.id && summary.email == account.email && summary.plan == "plus")
  }

  @Test("a limit that is over is still shown as persisted to a key that may not see usage")
  func hiddenKeepsLimit() throws {
    let account = Account.sample(status: .rateLimited, resetAt: Self.now - 100)
    let latest = LatestUsage(primary: .row(1, at: Self.now, resetAt: Self.now + 100))
    #expect(try Self.summary(account, latest).status == .active)
    #expect(try Self.summary(account, latest, sections: "").status == .rateLimited)
  }

  @Test(
    "an alias names the account, an empty one does not",
    arguments: [(nil, "e@x"), ("", "e@x"), ("Al", "Al"), (" ", " ")] as [(String?, String)])
  func displayName(alias: String?, expected: String) throws {
    #expect(try Self.summary(.sample(email: "e@x", alias: alias)).displayName == expected)
    #expect(try Self.summary(.sample(email: "e@x", alias: alias), sections: "").displayName == expected)
  }

  @Test("accounts stay in the order in which they were read")
  func order() throws {
    let records = ["b", "a", "c"].map { AccountRecord(account: .sample($0), latest: LatestUsage()) }
    let snapshot = FleetSnapshot(accounts: records, hidesUpstreamQuota: false)
    let summary = FleetSummary(snapshot, for: try Self.caller(), now: .at(Self.now), refreshInterval: .seconds(60))
    #expect(summary.accounts.map(\.accountID.rawValue) == ["b", "a", "c"])
  }

  @Test("the end of an account's limit changes the answer, unless usage is hidden")
  func nextChange() throws {
    func next(_ sections: String) throws -> Timestamp? {
      let account = Account.sample(status: .rateLimited, resetAt: Self.now + 5)
      let record = AccountRecord(account: account, latest: LatestUsage(primary: .row(1, at: Self.now)))
      let snapshot = FleetSnapshot(accounts: [record], hidesUpstreamQuota: false)
      return FleetSummary(
        snapshot, for: try Self.caller(sections), now: .at(Self.now), refreshInterval: .seconds(60)
      ).nextChange
    }
    #expect(try next(Self.seeing) == .at(Self.now + 5))
    #expect(try next("") == nil)
  }
}
