import Testing

@testable import Fleet

@Suite("Payload to rows: main windows")
struct UsageWriteTests {
  typealias Window = UsagePayload.Window

  static let now = Timestamp.at(1_000_000, microseconds: 750_000)
  static let month: Double = 2_592_000

  static func write(_ payload: UsagePayload, for account: Account = .sample()) throws -> UsageWrite {
    try UsageWrite(payload, for: .bare(account), at: now)
  }

  static func sample(_ window: Window) throws -> UsageSample? {
    try write(UsagePayload(secondary: window)).main.first?.sample
  }

  @Test("both windows are written with the write's one instant")
  func bothWindows() throws {
    let write = try Self.write(
      UsagePayload(
        primary: Window(usedPercent: 12.5, resetAt: 2_000, limitWindowSeconds: 18_000),
        secondary: Window(usedPercent: 0, resetAt: 3_000, limitWindowSeconds: 604_800)))
    #expect(write.accountID == AccountID("acc") && write.recordedAt == Self.now)
    #expect(write.main.map(\.window) == [.primary, .secondary])
    #expect(write.main.map(\.sample.usedPercent) == [12.5, 0])
    #expect(write.main.map(\.sample.resetAt) == [2_000, 3_000])
    #expect(write.main.map(\.sample.windowMinutes) == [300, 10_080])
    #expect(write.main.allSatisfy { $0.sample.recordedAt == Self.now })
    #expect(write.additional == .keep && write.metadata == nil)
  }

  struct Slots: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var primary: Window?
    var secondary: Window?
    var windows: [UsageWindow]
  }

  @Test(
    "a primary window of thirty days alone is the month's",
    arguments: [
      Slots(testDescription: "alone", primary: Window(usedPercent: 1, limitWindowSeconds: month), windows: [.monthly]),
      Slots(
        testDescription: "a second shorter", primary: Window(usedPercent: 1, limitWindowSeconds: month - 1),
        windows: [.primary]),
      Slots(
        testDescription: "a second longer", primary: Window(usedPercent: 1, limitWindowSeconds: month + 1),
        windows: [.primary]),
      Slots(testDescription: "of no given length", primary: Window(usedPercent: 1), windows: [.primary]),
      Slots(
        testDescription: "beside another", primary: Window(usedPercent: 1, limitWindowSeconds: month),
        secondary: Window(usedPercent: 1), windows: [.primary, .secondary]),
      Slots(
        testDescription: "beside one without a percentage",
        primary: Window(usedPercent: 1, limitWindowSeconds: month), secondary: Window(usedPercent: nil),
        windows: [.primary]),
      Slots(
        testDescription: "in the secondary slot", secondary: Window(usedPercent: 1, limitWindowSeconds: month),
        windows: [.secondary]),
      Slots(
        testDescription: "without a percentage", primary: Window(usedPercent: nil, limitWindowSeconds: month),
        windows: []),
      Slots(
        testDescription: "only the primary one without a percentage", primary: Window(usedPercent: nil, resetAt: 5),
        secondary: Window(usedPercent: 1), windows: [.secondary]),
      Slots(testDescription: "nothing at all", windows: []),
    ])
  func slots(slots: Slots) throws {
    let write = try Self.write(UsagePayload(primary: slots.primary, secondary: slots.secondary))
    #expect(write.main.map(\.window) == slots.windows)
  }

  @Test(
    "a reset is the given one, else counted from now",
    arguments: [
      (2_000, nil, 2_000), (2_000, 60, 2_000), (2_000.9, nil, 2_000), (nil, 60, 1_000_060), (nil, 0, 1_000_000),
      (nil, -60, 1_000_000), (nil, nil, nil), (0, 60, 0),
    ] as [(Double?, Double?, Int64?)])
  func resets(at: Double?, after: Double?, expected: Int64?) throws {
    let sample = try #require(try Self.sample(Window(usedPercent: 1, resetAt: at, resetAfterSeconds: after)))
    #expect(sample.resetAt == expected)
  }

  @Test(
    "minutes are rounded up, none when there are none",
    arguments: [
      (60, 1), (61, 2), (18_000, 300), (18_001, 301), (0.5, 1), (1, 1), (0, nil), (-1, nil), (-600, nil), (nil, nil),
    ] as [(Double?, Int64?)])
  func minutes(seconds: Double?, expected: Int64?) throws {
    let sample = try #require(try Self.sample(Window(usedPercent: 1, limitWindowSeconds: seconds)))
    #expect(sample.windowMinutes == expected)
  }

  @Test("credits stand beside the primary and the monthly row alone")
  func credits() throws {
    let credits = UsageSample.Credits(has: true, unlimited: false, balance: 12.5)
    let both = try Self.write(
      UsagePayload(primary: Window(usedPercent: 1), secondary: Window(usedPercent: 2), credits: credits))
    #expect(both.main.map(\.sample.credits) == [credits, .none])
    let month = try Self.write(
      UsagePayload(primary: Window(usedPercent: 1, limitWindowSeconds: Self.month), credits: credits))
    #expect(month.main.map(\.sample.credits) == [credits])
    #expect(try Self.write(UsagePayload(credits: credits)).main.isEmpty)
  }

  @Test(
    "numbers that cannot be stored spoil the whole payload",
    arguments: [
      Window(usedPercent: .infinity), Window(usedPercent: .nan), Window(usedPercent: 1, resetAt: 1e19),
      Window(usedPercent: 1, resetAt: .nan), Window(usedPercent: 1, resetAt: -.infinity),
      Window(usedPercent: 1, resetAfterSeconds: 1e19), Window(usedPercent: 1, resetAfterSeconds: .infinity),
      Window(usedPercent: 1, resetAfterSeconds: 9_223_372_036_854_774_784),
      Window(usedPercent: 1, limitWindowSeconds: 1e300), Window(usedPercent: 1, limitWindowSeconds: .nan),
    ])
  func unstorable(window: Window) {
    #expect(throws: UsageWrite.UnstorablePayload.self) { try Self.write(UsagePayload(primary: window)) }
    #expect(throws: UsageWrite.UnstorablePayload.self) {
      try Self.write(UsagePayload(primary: Window(usedPercent: 1), secondary: window))
    }
    let limit = UsagePayload.AdditionalLimit(limitName: "x", meteredFeature: nil, primary: nil, secondary: window)
    #expect(throws: UsageWrite.UnstorablePayload.self) { try Self.write(UsagePayload(additional: [limit])) }
  }

  @Test("metadata is written when it changes, and what is not spoken of stays")
  func metadata() throws {
    var account = Account.sample(plan: "plus", workspaceID: "w")
    account.workspaceLabel = "Label"
    account.seatType = "seat"
    func metadata(_ payload: UsagePayload) throws -> UsageWrite.Metadata? {
      try Self.write(payload, for: account).metadata
    }
    #expect(try metadata(UsagePayload()) == nil)
    #expect(try metadata(UsagePayload(planType: " PLUS", workspaceLabel: "Label", seatType: "seat")) == nil)
    #expect(try metadata(UsagePayload(planType: "", workspaceID: "w")) == nil)
    #expect(
      try metadata(UsagePayload(planType: "Pro"))
        == .init(planType: "pro"))
    #expect(
      try metadata(UsagePayload(workspaceLabel: "New"))
        == .init(workspaceLabel: "New"))
    #expect(
      try metadata(UsagePayload(planType: "unknown", seatType: "new"))
        == .init(seatType: "new"))
    account.workspaceID = " "
    #expect(
      try metadata(UsagePayload(workspaceID: " w2 ", workspaceLabel: " ")) == .init(adoptedWorkspaceID: "w2"))
  }
}
