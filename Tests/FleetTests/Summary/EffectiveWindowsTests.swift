import Testing

@testable import Fleet

@Suite("Effective windows")
struct EffectiveWindowsTests {
  static let week: Int64 = 10_080
  static let base: Int64 = 1_000_000

  @Test("ordinary rows stay in their slots")
  func ordinary() {
    let primary = UsageSample.row(1, at: Self.base)
    let secondary = UsageSample.row(2, at: Self.base + 10, minutes: Self.week)
    let windows = EffectiveWindows(LatestUsage(primary: primary, secondary: secondary), plan: Plan("plus"))
    #expect(windows.primary == primary && windows.secondary == secondary && windows.monthly == nil)
    #expect(windows.long == secondary)
    #expect(windows.refreshedAt == secondary.recordedAt)
  }

  @Test("no rows make no windows")
  func empty() {
    let windows = EffectiveWindows(LatestUsage(), plan: Plan("plus"))
    #expect(windows.primary == nil && windows.secondary == nil && windows.monthly == nil)
    #expect(windows.refreshedAt == nil && windows.long == nil)
  }

  @Test("a secondary row alone stays the long window")
  func secondaryAlone() {
    let secondary = UsageSample.row(2, at: Self.base)
    let windows = EffectiveWindows(LatestUsage(secondary: secondary), plan: Plan("plus"))
    #expect(windows.primary == nil && windows.secondary == secondary)
  }

  @Test("a weekly row alone in the primary slot becomes the long window")
  func weeklyAlone() {
    let weekly = UsageSample.row(40, at: Self.base, minutes: Self.week)
    let windows = EffectiveWindows(LatestUsage(primary: weekly), plan: Plan("plus"))
    #expect(windows.primary == nil && windows.secondary == weekly)
    #expect(windows.refreshedAt == weekly.recordedAt)
  }

  @Test("rows of about a week are not weekly rows", arguments: [10_079, 10_081, 0, nil] as [Int64?])
  func nearlyWeekly(minutes: Int64?) {
    let primary = UsageSample.row(40, at: Self.base, minutes: minutes)
    let windows = EffectiveWindows(LatestUsage(primary: primary), plan: Plan("plus"))
    #expect(windows.primary == primary && windows.secondary == nil)
  }

  struct Rivalry: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// How much later than the secondary row the weekly row was recorded.
    var lead: Duration
    var weeklyReset: Int64?
    var secondaryReset: Int64?
    var secondaryMinutes: Int64?
    var weeklyWins: Bool

    init(
      _ name: String, lead: Duration = .zero, weeklyReset: Int64? = 500, secondaryReset: Int64? = 500,
      secondaryMinutes: Int64? = 10_080, weeklyWins: Bool
    ) {
      testDescription = name
      self.lead = lead
      self.weeklyReset = weeklyReset
      self.secondaryReset = secondaryReset
      self.secondaryMinutes = secondaryMinutes
      self.weeklyWins = weeklyWins
    }
  }

  @Test(
    "of two weekly samples the preferred one counts",
    arguments: [
      Rivalry("more than 5 s newer", lead: .microseconds(5_000_001), weeklyReset: 1, weeklyWins: true),
      Rivalry("more than 5 s older", lead: .microseconds(-5_000_001), secondaryReset: 1, weeklyWins: false),
      Rivalry("5 s newer says nothing, the reset decides", lead: .seconds(5), weeklyReset: 1, weeklyWins: false),
      Rivalry("5 s older says nothing, the reset decides", lead: .seconds(-5), secondaryReset: 1, weeklyWins: true),
      Rivalry(
        "real metadata beats a placeholder", secondaryReset: nil, secondaryMinutes: nil, weeklyWins: true),
      Rivalry(
        "minutes of zero make a placeholder too", secondaryReset: nil, secondaryMinutes: 0, weeklyWins: true),
      Rivalry("the later reset", weeklyReset: 501, weeklyWins: true),
      Rivalry("the earlier reset", weeklyReset: 499, weeklyWins: false),
      Rivalry("a reset beats none", secondaryReset: nil, weeklyWins: true),
      Rivalry("none loses to a reset", weeklyReset: nil, weeklyWins: false),
      Rivalry(
        "none loses to a reset of a row without length", weeklyReset: nil, secondaryMinutes: nil, weeklyWins: false),
      Rivalry("at a tie the primary slot", weeklyWins: true),
      Rivalry("neither has a reset: the primary slot", weeklyReset: nil, secondaryReset: nil, weeklyWins: true),
      Rivalry(
        "neither has a reset and one has no length either", weeklyReset: nil, secondaryReset: nil,
        secondaryMinutes: nil, weeklyWins: true),
    ])
  func rivals(rivalry: Rivalry) {
    let secondary = UsageSample.row(
      20, at: Self.base, resetAt: rivalry.secondaryReset, minutes: rivalry.secondaryMinutes)
    var weekly = UsageSample.row(40, at: Self.base, resetAt: rivalry.weeklyReset, minutes: Self.week)
    weekly.recordedAt = weekly.recordedAt.advanced(by: rivalry.lead)
    let windows = EffectiveWindows(LatestUsage(primary: weekly, secondary: secondary), plan: Plan("pro"))
    #expect(windows.primary == nil)
    #expect(windows.secondary == (rivalry.weeklyWins ? weekly : secondary))
    // Both were looked at, whichever counts.
    #expect(windows.refreshedAt == max(weekly.recordedAt, secondary.recordedAt))
  }

  @Test("a monthly row of a plan counted by month stands alone", arguments: ["free", "FREE "])
  func monthly(plan: String) {
    let monthly = UsageSample.row(3, at: Self.base, minutes: 43_200)
    let latest = LatestUsage(
      primary: .row(1, at: Self.base + 7), secondary: .row(2, at: Self.base + 5), monthly: monthly)
    let windows = EffectiveWindows(latest, plan: Plan(plan))
    #expect(windows.primary == nil && windows.secondary == nil && windows.monthly == monthly)
    #expect(windows.long == monthly)
    // The raw rows count for the age although they are not shown.
    #expect(windows.refreshedAt == .at(Self.base + 7))
  }

  @Test("a monthly row does not hide a misplaced weekly row's age")
  func monthlyAndWeekly() {
    let latest = LatestUsage(
      primary: .row(1, at: Self.base + 9, minutes: Self.week), monthly: .row(3, at: Self.base))
    let windows = EffectiveWindows(latest, plan: Plan("free"))
    #expect(windows.primary == nil && windows.secondary == nil)
    #expect(windows.refreshedAt == .at(Self.base + 9))
  }

  @Test(
    "a monthly row of any other plan does not exist",
    arguments: ["plus", "pro", "prolite", "team", "business", "enterprise", "edu", "gold", ""])
  func ignoredMonthly(plan: String) {
    let latest = LatestUsage(primary: .row(1, at: Self.base), monthly: .row(3, at: Self.base + 100))
    let windows = EffectiveWindows(latest, plan: Plan(plan))
    #expect(windows.monthly == nil && windows.primary == latest.primary)
    #expect(windows.refreshedAt == .at(Self.base))
  }
}
