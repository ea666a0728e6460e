import Testing

@testable import Fleet

@Suite("Payload to rows: additional limits")
struct AdditionalLimitsTests {
  typealias Limit = UsagePayload.AdditionalLimit
  typealias Window = UsagePayload.Window

  static func limit(
    _ name: String?, _ feature: String? = nil, primary: Double? = nil, secondary: Double? = nil
  ) -> Limit {
    Limit(
      limitName: name, meteredFeature: feature, primary: primary.map { Window(usedPercent: $0) },
      secondary: secondary.map { Window(usedPercent: $0) })
  }

  static func rows(_ limits: [Limit]) throws -> [UsageWrite.AdditionalRow] {
    let write = try UsageWrite(UsagePayload(additional: limits), for: .bare(.sample()), at: .at(1_000))
    guard case .report(let rows) = write.additional else { throw Unexpected("a reported list is a report") }
    return rows
  }

  @Test("limits that are not spoken of stay, an empty list ends them all")
  func absentOrEmpty() throws {
    #expect(try UsageWrite(UsagePayload(additional: nil), for: .bare(.sample()), at: .at(0)).additional == .keep)
    #expect(try UsageWrite(UsagePayload(additional: []), for: .bare(.sample()), at: .at(0)).additional == .report([]))
  }

  @Test("more limits than any provider has are no payload of one")
  func tooMany() throws {
    #expect(try Self.rows((0..<512).map { Self.limit("limit-\($0)", primary: 1) }).count == 512)
    #expect(throws: UsageWrite.UnstorablePayload.self) {
      try Self.rows((0..<513).map { Self.limit("limit-\($0)", primary: 1) })
    }
  }

  @Test("each window of a limit is a row under its key, with the names as reported")
  func rowsPerWindow() throws {
    let rows = try Self.rows([Self.limit("New Model", "feat", primary: 10, secondary: 20), Self.limit("B", primary: 5)])
    #expect(rows.map(\.quotaKey) == ["new_model", "new_model", "b"])
    #expect(rows.map(\.window) == [.primary, .secondary, .primary])
    #expect(rows.map(\.limitName) == ["New Model", "New Model", "B"])
    #expect(rows.map(\.meteredFeature) == ["feat", "feat", ""])
    #expect(rows.map(\.sample.usedPercent) == [10, 20, 5])
    #expect(rows.allSatisfy { $0.sample.recordedAt == .at(1_000) && $0.sample.credits.isEmpty })
  }

  @Test("a window without a percentage counts as not reported")
  func unreportedWindow() throws {
    let limit = Limit(
      limitName: "a", meteredFeature: nil, primary: Window(usedPercent: nil, resetAt: 5),
      secondary: Window(usedPercent: 1))
    #expect(try Self.rows([limit]).map(\.window) == [.secondary])
  }

  @Test("an entry whose names come to nothing is skipped")
  func nameless() throws {
    let rows = try Self.rows([
      Self.limit(nil, primary: 1), Self.limit("--", "", primary: 2), Self.limit("", "f", primary: 3),
    ])
    #expect(rows.map(\.quotaKey) == ["f"])
  }

  @Test("of two aliases of one key and window the more used one is kept, wherever it stands")
  func aliasesByUse() throws {
    let less = Self.limit("codex_other", primary: 10, secondary: 90)
    let more = Self.limit("x", "codex_bengalfox", primary: 20, secondary: 80)
    for limits in [[less, more], [more, less]] {
      let rows = try Self.rows(limits)
      #expect(rows.count == 2 && rows.allSatisfy { $0.quotaKey == "codex_spark" })
      #expect(rows.first { $0.window == .primary }?.limitName == "x")
      #expect(rows.first { $0.window == .primary }?.sample.usedPercent == 20)
      #expect(rows.first { $0.window == .secondary }?.limitName == "codex_other")
    }
  }

  @Test("at a tie the smaller name is kept, then the smaller feature")
  func aliasesAtTie() throws {
    let entries = [
      Self.limit("gpt-5.3-codex-spark", "a", primary: 10), Self.limit("codex_other", "b", primary: 10),
      Self.limit("codex_other", "a", primary: 10),
    ]
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1], [1, 0, 2], [2, 0, 1]] {
      let rows = try Self.rows(order.map { entries[$0] })
      #expect(rows.map(\.limitName) == ["codex_other"] && rows.map(\.meteredFeature) == ["a"])
    }
  }
}
