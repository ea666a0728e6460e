import Fleet
import StoreBuilder
import Testing

@testable import FleetSQLite

@Suite("the history's end", .timeLimit(.minutes(5)))
struct HistoryTests {
  private static func instant(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

  /// 1,300 days of both windows, which are more rows than one transaction deletes, an account that was not seen lately,
  /// and more accounts than one transaction looks at.
  private static func store() async throws -> OwnStore {
    let store = try await OwnStore.build {
      StoredAccount("a")
      (0..<120).map { StoredAccount("empty-\($0)") }
      StoredAccount("lost").usage("primary", 1, at: "2020-01-01 00:00:00.000000")
        .usage("primary", 2, at: "2020-01-02 00:00:00.000000").usage(nil, 3, at: "2019-01-01 00:00:00.000000")
        .additional("spark", "primary", 4, at: "2020-01-01 00:00:00.000000")
        .additional("spark", "primary", 5, at: "2020-01-02 00:00:00.000000")
        .additional("other", "primary", 6, at: "2019-01-01 00:00:00.000000")
    }
    for window in ["primary", "secondary"] {
      try store.execute(
        """
        WITH RECURSIVE days (day) AS (SELECT 0 UNION ALL SELECT day + 1 FROM days WHERE day < 1299)
        INSERT INTO usage_history (account_id, recorded_at, window, used_percent)
        SELECT 'a', strftime('%Y-%m-%d %H:%M:%f', '2022-01-01', '+' || day || ' days') || '000', '\(window)', day
        FROM days ORDER BY day
        """)
    }
    return store
  }

  @Test("what is too old goes, but for the latest of each account, limit and window")
  func pruning() async throws {
    let store = try await Self.store()
    let opened = try await store.open()
    let before = try await opened.state().snapshot
    let limit = try Self.instant("2025-01-01T00:00:00Z")
    // 1,096 days of two windows, two of three rows of the lost account's, whose missing window is the primary one, and one
    // of its limits'.
    #expect(try await opened.pruneHistory(before: limit) == 2 * 1_096 + 3)
    #expect(try await opened.pruneHistory(before: limit) == 0)
    #expect(
      try store.value("SELECT min(recorded_at) FROM usage_history WHERE account_id = 'a'")?.prefix(10) == "2025-01-01")
    #expect(try store.value("SELECT count(*) FROM usage_history WHERE account_id = 'a'") == "\(2 * (1_300 - 1_096))")
    let kept = try store.rows(
      "SELECT used_percent FROM usage_history WHERE account_id = 'lost' ORDER BY 1"
    ).compactMap { $0[0] }
    #expect(kept == ["2.0"])
    let keptLimits = try store.rows("SELECT used_percent FROM additional_usage_history ORDER BY 1").compactMap { $0[0] }
    #expect(keptLimits == ["5.0", "6.0"])
    #expect(try await opened.state().snapshot.accounts == before.accounts)
    // Everything is too old: the latest stay all the same.
    try await opened.pruneHistory(before: try Self.instant("2099-01-01T00:00:00Z"))
    #expect(try await opened.state().snapshot.accounts == before.accounts)
    #expect(try store.value("SELECT count(*) FROM usage_history") == "3")
    await opened.close()
  }

  @Test("a codex-lb's history is its own")
  func codexLB() async throws {
    let store = try CodexLBStore.build { StoredAccount("a").usage("primary", 1, at: "2020-01-01 00:00:00.000000") }
    let opened = try await store.open()
    let error = await #expect(throws: StoreError.self) { try await opened.pruneHistory(before: .distantPast) }
    #expect(error?.code == .managedElsewhere)
    await opened.close()
  }

  @Test("what was recorded under a clock that ran ahead gives way to what is recorded now")
  func clockSetRight() async throws {
    let store = try await OwnStore.build {
      StoredAccount("a").usage("primary", 10, at: "2027-01-01 00:00:00.000000")
        .usage("primary", 20, at: "2026-03-04 05:06:00.000000")
        .usage("secondary", 30, at: "2026-03-04 05:10:00.000000")
        .additional("spark", "primary", 40, at: "2027-01-01 00:00:00.000000")
    }
    let opened = try await store.open()
    let now = try Self.instant("2026-03-04T05:06:07Z")
    let session = try await opened.openSession()
    let write = UsageWrite(
      accountID: AccountID("a"), recordedAt: now, metadata: nil,
      main: [
        .init(window: .primary, sample: UsageSample(recordedAt: now, usedPercent: 50)),
        .init(window: .secondary, sample: UsageSample(recordedAt: now, usedPercent: 60)),
      ],
      additional: .report([
        .init(
          quotaKey: "spark", limitName: "spark", meteredFeature: "spark", window: .primary,
          sample: UsageSample(recordedAt: now, usedPercent: 70))
      ]))
    #expect(try await session.record(write) == .committed(rows: 3))
    session.close()
    let latest = try #require(try await opened.state().snapshot.accounts.first?.latest)
    #expect(latest.primary?.usedPercent == 50)
    // Some minutes ahead is no trouble: another process was a little earlier.
    #expect(latest.secondary?.usedPercent == 30)
    #expect(try store.rows("SELECT used_percent FROM additional_usage_history") == [["70.0"]])
    await opened.close()
  }
}
