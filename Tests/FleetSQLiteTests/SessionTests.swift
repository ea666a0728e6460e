import Fleet
import GRDB
import StoreBuilder
import Testing

@testable import FleetSQLite

@Suite("background sessions", .timeLimit(.minutes(5)))
struct SessionTests {
  private static let kinds: [StoreKind] = [.own, .codexLB]
  private let instant: Timestamp
  private let id = AccountID("a")

  init() throws { instant = try #require(Timestamp(rfc3339: "2026-03-04T05:06:07.000089Z")) }

  private func open(
    _ kind: StoreKind, @StoreContentsBuilder _ contents: () -> StoreContents
  ) async throws -> (any StoreDatabase, SQLiteFleetStore) {
    switch kind {
    case .own:
      let store = try await OwnStore.build(contents)
      return (store, try await store.open())
    case .codexLB:
      let store = try CodexLBStore.build(contents)
      return (store, try await store.open())
    }
  }

  private func write(
    workspaceID: String? = nil, metadata: UsageWrite.Metadata? = nil, main: [UsageWrite.MainRow] = [],
    additional: UsageWrite.AdditionalChange = .keep
  ) -> UsageWrite {
    UsageWrite(
      accountID: id, workspaceID: workspaceID, recordedAt: instant, metadata: metadata, main: main,
      additional: additional)
  }

  private func row(_ window: UsageWindow, _ percent: Double) -> UsageWrite.MainRow {
    UsageWrite.MainRow(
      window: window,
      sample: UsageSample(
        recordedAt: instant, usedPercent: percent, resetAt: 99, windowMinutes: 300,
        credits: UsageSample.Credits(has: true, unlimited: false, balance: 1.5)))
  }

  private func additionalRow(_ key: String, _ window: UsageWindow, _ percent: Double) -> UsageWrite.AdditionalRow {
    UsageWrite.AdditionalRow(
      quotaKey: key, limitName: key, meteredFeature: key, window: window,
      sample: UsageSample(recordedAt: instant, usedPercent: percent))
  }

  @Test(
    "sessions are counted from opening to closing; closing twice counts once, and later calls throw", arguments: kinds)
  func counts(kind: StoreKind) async throws {
    let (_, store) = try await open(kind) { StoredAccount("a") }
    let first = try await store.openSession()
    let second = try await store.openSession()
    #expect(store.sessionCounts == SessionCounts(opened: 2, open: 2))
    first.close()
    first.close()
    #expect(store.sessionCounts == SessionCounts(opened: 2, open: 1))
    var errors: [StoreError?] = []
    errors.append(await #expect(throws: StoreError.self) { try await first.candidates(in: .all) })
    errors.append(await #expect(throws: StoreError.self) { try await first.candidate(id) })
    errors.append(await #expect(throws: StoreError.self) { try await first.credentials(of: id) })
    errors.append(await #expect(throws: StoreError.self) { try await first.record(write()) })
    #expect(errors.allSatisfy { $0?.code == .sessionClosed })
    #expect(try await second.candidate(id)?.account.id == id)
    second.close()
    #expect(store.sessionCounts == SessionCounts(opened: 2, open: 0))
    await store.close()
  }

  @Test("a candidate has its latest rows and the time of its newest additional row", arguments: kinds)
  func candidates(kind: StoreKind) async throws {
    let (_, store) = try await open(kind) {
      StoredAccount("a").usage("primary", 40)
        .additional("spark", "primary", 1, at: "2026-01-01 09:00:00.000000")
        .additional("spark", "secondary", 1, at: "2026-01-01 11:00:00.000001")
        .additional("zeta", "primary", 1, at: "2026-01-01 10:00:00.000000")
      StoredAccount("b", status: "paused")
      StoredAccount("gone").with { $0.deleteRequestedAt = StoredAccount.usualInstant }
    }
    let session = try await store.openSession()
    let candidates = try await session.candidates(in: .all)
    #expect(candidates.map(\.account.id.rawValue) == ["a", "b"])
    #expect(candidates.first?.additionalRecordedAt == Timestamp(rfc3339: "2026-01-01T11:00:00.000001Z"))
    #expect(candidates.last?.additionalRecordedAt == nil)
    #expect(try await session.candidate(id) == candidates.first)
    #expect(try await session.candidate(AccountID("gone")) == nil)
    #expect(try await session.candidate(AccountID("unknown")) == nil)
    session.close()
    await store.close()
  }

  @Test("tokens are decrypted; damaged ones and missing accounts are told apart", arguments: kinds)
  func tokens(kind: StoreKind) async throws {
    let (database, store) = try await open(kind) {
      StoredAccount("a").with { $0.accessToken = "a tökén" }
      StoredAccount("damaged")
      StoredAccount("empty")
    }
    try database.execute("UPDATE accounts SET access_token_encrypted = x'ff00fe' WHERE id = 'damaged'")
    try database.execute("UPDATE accounts SET access_token_encrypted = x'' WHERE id = 'empty'")
    let session = try await store.openSession()
    let credentials = try #require(try await session.credentials(of: id))
    #expect(credentials.accessToken.withText { $0 } == "a tökén")
    #expect(credentials.status == .active)
    #expect(credentials.refreshToken?.secret.withText { $0 } == "refresh-a")
    #expect(credentials.refreshToken?.material.hexadecimal == Digest.sha256("refresh-a"))
    #expect(try await session.credentials(of: AccountID("empty"))?.accessToken.isEmpty == true)
    let damaged = await #expect(throws: StoreError.self) { try await session.credentials(of: AccountID("damaged")) }
    #expect(damaged?.code == .undecryptable)
    try database.execute("UPDATE accounts SET refresh_token_encrypted = x'ff00fe' WHERE id = 'a'")
    #expect(try await session.credentials(of: id)?.refreshToken == nil)
    #expect(try await session.credentials(of: AccountID("none")) == nil)
    try database.execute("UPDATE accounts SET delete_requested_at = '2026-01-01 00:00:00.000000' WHERE id = 'a'")
    #expect(try await session.credentials(of: id) == nil)
    session.close()
    await store.close()
  }

  @Test("a write puts all its rows under one instant and touches no token", arguments: kinds)
  func record(kind: StoreKind) async throws {
    let (database, store) = try await open(kind) {
      StoredAccount("a", workspaceID: "w", resetAt: 5).with { $0.workspaceLabel = "old" }
    }
    let tokens =
      "SELECT hex(access_token_encrypted), hex(refresh_token_encrypted), status FROM accounts"
    let before = try database.rows(tokens)
    let session = try await store.openSession()
    let result = try await session.record(
      write(
        workspaceID: "w", metadata: UsageWrite.Metadata(planType: "pro", workspaceLabel: "new"),
        main: [row(.primary, 12.5), row(.secondary, 3)],
        additional: .report([additionalRow("spark", .primary, 1)])))
    #expect(result == .committed(rows: 3))
    #expect(
      try database.rows(
        """
        SELECT recorded_at, window, used_percent, reset_at, window_minutes, credits_has, credits_unlimited, credits_balance
        FROM usage_history ORDER BY id
        """) == [
          ["2026-03-04 05:06:07.000089", "primary", "12.5", "99", "300", "1", "0", "1.5"],
          ["2026-03-04 05:06:07.000089", "secondary", "3.0", "99", "300", "1", "0", "1.5"],
        ])
    #expect(
      try database.rows("SELECT recorded_at, quota_key, window, used_percent FROM additional_usage_history")
        == [["2026-03-04 05:06:07.000089", "spark", "primary", "1.0"]])
    #expect(try database.rows("SELECT plan_type, workspace_label, seat_type FROM accounts") == [["pro", "new", nil]])
    #expect(try database.rows(tokens) == before)
    #expect(try await session.candidate(id)?.latest.primary?.usedPercent == 12.5)
    session.close()
    await store.close()
  }

  @Test("additional limits that are no longer reported go, the history of reported ones stays", arguments: kinds)
  func additional(kind: StoreKind) async throws {
    let (database, store) = try await open(kind) {
      StoredAccount("a").additional("spark", "primary", 1).additional("spark", "secondary", 2)
        .additional("old", "primary", 3)
      StoredAccount("b").additional("old", "primary", 4)
    }
    let session = try await store.openSession()
    let rows = "SELECT account_id, quota_key, window, used_percent FROM additional_usage_history ORDER BY id"
    let before = try database.rows(rows)
    #expect(try await session.record(write()) == .committed(rows: 0))
    #expect(try database.rows(rows) == before)
    #expect(
      try await session.record(write(additional: .report([additionalRow("spark", .primary, 9)])))
        == .committed(rows: 1))
    #expect(
      try database.rows(rows) == [
        ["a", "spark", "primary", "1.0"], ["b", "old", "primary", "4.0"], ["a", "spark", "primary", "9.0"],
      ])
    #expect(try await session.record(write(additional: .report([]))) == .committed(rows: 0))
    #expect(try database.rows(rows) == [["b", "old", "primary", "4.0"]])
    session.close()
    await store.close()
  }

  @Test(
    "nothing is written for an account that went away or may no longer be refreshed",
    arguments: [
      "DELETE FROM accounts", "UPDATE accounts SET delete_requested_at = '2026-01-01 00:00:00.000000'",
      "UPDATE accounts SET status = 'paused'", "UPDATE accounts SET status = 'reauth_required'",
      "UPDATE accounts SET status = 'deactivated'", "UPDATE accounts SET status = 'snoozed'",
    ])
  func accountChanged(change: String) async throws {
    let (database, store) = try await open(.codexLB) { StoredAccount("a").additional("old", "primary", 3) }
    let session = try await store.openSession()
    try database.execute(change)
    let counts = "SELECT (SELECT count(*) FROM usage_history), (SELECT count(*) FROM additional_usage_history)"
    let before = try database.rows(counts)
    let result = try await session.record(
      write(
        metadata: UsageWrite.Metadata(planType: "pro"), main: [row(.primary, 1)],
        additional: .report([])))
    #expect(result == .accountChanged)
    #expect(try database.rows(counts) == before)
    #expect(try database.value("SELECT count(*) FROM accounts WHERE plan_type = 'pro'") == "0")
    #expect(try database.rows("SELECT * FROM cache_invalidation").isEmpty)
    session.close()
    await store.close()
  }

  @Test("a write that fails half-way leaves nothing")
  func atomic() async throws {
    let (database, store) = try await open(.own) { StoredAccount("a", plan: "plus") }
    let session = try await store.openSession()
    let error = await #expect(throws: StoreError.self) {
      try await session.record(
        write(
          metadata: UsageWrite.Metadata(planType: "pro"),
          main: [row(.primary, 1), row(.secondary, .nan)]))
    }
    #expect(error?.code == .invalidValue)
    #expect(try database.rows("SELECT id FROM usage_history").isEmpty)
    #expect(try database.value("SELECT plan_type FROM accounts") == "plus")
    session.close()
    await store.close()
  }

  @Test("a codex-lb's replicas are told of written rows, and of nothing else")
  func invalidation() async throws {
    let (database, store) = try await open(.codexLB) { StoredAccount("a") }
    let session = try await store.openSession()
    let version = "SELECT version FROM cache_invalidation WHERE namespace = 'account_selection'"
    _ = try await session.record(
      write(metadata: UsageWrite.Metadata(planType: "pro")))
    #expect(try database.value(version) == nil)
    _ = try await session.record(write(main: [row(.primary, 1)]))
    #expect(try database.value(version) == "1")
    _ = try await session.record(write(additional: .report([additionalRow("spark", .primary, 1)])))
    #expect(try database.value(version) == "2")
    session.close()
    await store.close()
  }

  @Test("usage commits without waiting for the disk, everything else waits, whichever came before")
  func durability() async throws {
    let (_, store) = try await open(.own) {}
    func level(_ durability: Durability) async throws -> Int64? {
      try await store.connections.write(durability, changing: .anything) { db, _ in
        try Int64.fetchOne(db, sql: "PRAGMA synchronous")
      }
    }
    #expect(try await level(.full) == 2)
    #expect(try await level(.usage) == 1)
    #expect(try await level(.full) == 2)
    await store.close()
  }

  @Test("writing connections enforce foreign keys and journal to the WAL")
  func pragmas() async throws {
    let (_, store) = try await open(.codexLB) {}
    let values = try await store.connections.write(.usage, changing: .anything) { db, _ in
      try ["foreign_keys", "journal_mode", "busy_timeout"].map { name in
        try DatabaseValue.fetchOne(db, sql: "PRAGMA \(name)").map { "\($0.storage.value ?? "null")" }
      }
    }
    #expect(values == ["1", "wal", "5000"])
    await store.close()
  }
}
