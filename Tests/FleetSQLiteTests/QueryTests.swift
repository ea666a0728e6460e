import Fleet
import NIOConcurrencyHelpers
import StoreBuilder
import Testing

@testable import FleetSQLite

@Suite("reading accounts, usage and keys")
struct QueryTests {
  private func open(
    _ kind: StoreKind, changes: String? = nil, warnings: @escaping @Sendable (StoreWarning) -> Void = { _ in },
    @StoreContentsBuilder _ contents: () -> StoreContents
  ) async throws -> (any StoreDatabase, SQLiteFleetStore) {
    switch kind {
    case .own:
      let store = try await OwnStore.build(contents)
      if let changes { try store.execute(changes) }
      return (store, try await store.open(warnings: warnings))
    case .codexLB:
      let store = try CodexLBStore.build(changes: changes, contents)
      return (store, try await store.open(warnings: warnings))
    }
  }

  private static let kinds: [StoreKind] = [.own, .codexLB]

  @Test("the latest row of a window is the one with the greatest time, then the greatest identifier", arguments: kinds)
  func latestRows(kind: StoreKind) async throws {
    let (_, store) = try await open(kind) {
      StoredAccount("a")
        .usage("primary", 1, at: "2026-01-01 10:00:00.000000")
        .usage("primary", 2, at: "2026-01-01 12:00:00.000000")
        .usage("primary", 3, at: "2026-01-01 12:00:00.000000")
        .usage("primary", 4, at: "2026-01-01 11:59:59.999999")
        .usage("secondary", 5, resetAt: 0, minutes: nil)
        .usage("monthly", 6, resetAt: nil, creditsHas: true, creditsUnlimited: false, creditsBalance: 2.5)
        .usage("weekly", 7)
    }
    let latest = try #require(try await store.snapshot(of: .all).accounts.first?.latest)
    #expect(latest.primary?.usedPercent == 3)
    #expect(latest.primary?.resetAt == StoredAccount.farReset)
    #expect(latest.secondary?.usedPercent == 5)
    #expect(latest.secondary?.resetAt == 0)
    #expect(latest.secondary?.windowMinutes == nil)
    #expect(latest.monthly?.credits == UsageSample.Credits(has: true, unlimited: false, balance: 2.5))
    await store.close()
  }

  @Test("a row without a window is a primary one", arguments: kinds)
  func nullWindow(kind: StoreKind) async throws {
    let (_, store) = try await open(kind) {
      StoredAccount("a")
        .usage(nil, 41, at: "2026-01-01 10:00:00.000000")
        .usage("primary", 2, at: "2026-01-01 09:00:00.000000")
    }
    let latest = try #require(try await store.snapshot(of: .all).accounts.first?.latest)
    #expect(latest.primary?.usedPercent == 41)
    #expect(latest.secondary == nil)
    await store.close()
  }

  @Test(
    "accounts come by e-mail address, then identifier, both by their bytes; those to be deleted do not",
    arguments: kinds)
  func order(kind: StoreKind) async throws {
    let (_, store) = try await open(kind) {
      StoredAccount("2", email: "b@example.com")
      StoredAccount("1", email: "b@example.com")
      StoredAccount("3", email: "a@example.com")
      StoredAccount("4", email: "B@example.com")
      StoredAccount("gone", email: "a@example.com").with { $0.deleteRequestedAt = StoredAccount.usualInstant }
    }
    let ids = try await store.snapshot(of: .all).accounts.map(\.account.id.rawValue)
    #expect(ids == ["4", "3", "1", "2"])
    await store.close()
  }

  @Test("a scope of ten thousand identifiers, odd ones among them, gives the accounts it names", arguments: kinds)
  func scope(kind: StoreKind) async throws {
    let (_, store) = try await open(kind) {
      (0..<30).map { StoredAccount("account-\($0)") }
      StoredAccount("with \"quotes\" and , commas]")
      StoredAccount("nul")
    }
    var ids = Set((20..<10_020).map { AccountID("account-\($0)") })
    ids.insert(AccountID("with \"quotes\" and , commas]"))
    ids.insert(AccountID("nul\0"))
    let snapshot = try await store.snapshot(of: .only(ids))
    #expect(snapshot.accounts.count == 11)
    #expect(snapshot.accounts.allSatisfy { ids.contains($0.account.id) })
    #expect(try await store.snapshot(of: .only([])).accounts.isEmpty)
    await store.close()
  }

  @Test("the latest rows are found by probing an index, without a scan or a sort", arguments: kinds)
  func plan(kind: StoreKind) async throws {
    let (database, store) = try await open(kind) {
      (0..<20).map { StoredAccount("account-\($0)").usage("primary", 1).usage("secondary", 2) }
    }
    for scope in [AccountScope.all, .only([AccountID("account-1")])] {
      let sql = AccountQuery.sql(scope).replacing("?", with: "'[\"account-1\"]'")
      let steps = try database.rows("EXPLAIN QUERY PLAN " + sql).compactMap { $0.last ?? nil }
      let probes = steps.filter { $0.hasPrefix("SEARCH u ") }
      #expect(probes.count == 3)
      #expect(
        probes.allSatisfy { $0.contains(/idx_usage_window_account_\w+ \(<expr>=\? AND account_id=\?\)/) }, "\(steps)")
      #expect(!steps.contains { $0.hasPrefix("SCAN u") || $0.contains("_row") && $0.hasPrefix("SCAN") }, "\(steps)")
      let afterProbes = steps.drop { !$0.hasPrefix("SEARCH u ") }
      #expect(afterProbes.filter { $0.contains("TEMP B-TREE") }.allSatisfy { $0.contains("ORDER BY") }, "\(steps)")
      let subqueries = steps.split { $0.hasPrefix("CORRELATED") }.dropFirst()
      #expect(subqueries.count == 3)
    }
    let limits = try database.rows(
      "EXPLAIN QUERY PLAN " + CandidateQuery.newestAdditionalSQL.replacing("?1", with: "'x'")
    ).compactMap { $0.last ?? nil }
    #expect(limits.contains { $0.contains("(account_id=? AND quota_key>?)") }, "\(limits)")
    #expect(limits.contains { $0.contains("(account_id=? AND quota_key=? AND window=?)") }, "\(limits)")
    #expect(!limits.contains { $0.hasPrefix("SCAN") && $0 != "SCAN step" && !$0.contains("CONSTANT") }, "\(limits)")
    #expect(!limits.contains { $0.contains("TEMP B-TREE") }, "\(limits)")
    await store.close()
  }

  @Test("an account with an unknown status is left out, told once and counted; the others stay", arguments: kinds)
  func unknownStatus(kind: StoreKind) async throws {
    let warnings = NIOLockedValueBox<[StoreWarning]>([])
    let (database, store) = try await open(
      kind, warnings: { warning in warnings.withLockedValue { $0.append(warning) } }
    ) {
      StoredAccount("odd", status: "snoozed")
      StoredAccount("even")
    }
    for _ in 0..<3 {
      // What has not changed is not read again.
      try database.execute("UPDATE accounts SET blocked_at = coalesce(blocked_at, 0) + 1")
      #expect(try await store.snapshot(of: .all).accounts.map(\.account.id.rawValue) == ["even"])
    }
    #expect(warnings.withLockedValue { $0 } == [.accountLeftOut(AccountID("odd"))])
    #expect(store.warningCount == 3)
    await store.close()
  }

  @Test(
    "a latest row that makes no sense counts as absent, and nothing else is lost",
    arguments: [
      "UPDATE usage_history SET recorded_at = 'yesterday'", "UPDATE usage_history SET recorded_at = x'00'",
      "UPDATE usage_history SET recorded_at = 12", "UPDATE usage_history SET used_percent = 9e999",
      "UPDATE usage_history SET used_percent = 'much'", "UPDATE usage_history SET used_percent = x'ff'",
    ])
  func senselessRows(change: String) async throws {
    let (_, store) = try await open(.codexLB, changes: change) { StoredAccount("a").usage("primary", 40) }
    let record = try #require(try await store.snapshot(of: .all).accounts.first)
    #expect(record.latest == LatestUsage())
    #expect(store.warningCount == 1)
    await store.close()
  }

  @Test("values of unexpected types are read as far as they make sense")
  func oddValues() async throws {
    let changes = """
      UPDATE usage_history SET reset_at = 4102444800.75, window_minutes = 'long', credits_has = 7, credits_balance = x'01';
      UPDATE accounts SET last_refresh = 'never', alias = x'ff', reset_at = 9e300, blocked_at = 'x', workspace_id = x'05';
      UPDATE usage_history SET used_percent = 40 WHERE 1;
      """
    let (_, store) = try await open(.codexLB, changes: changes) {
      StoredAccount("a", alias: "name").usage("primary", 1, creditsUnlimited: true)
    }
    let record = try #require(try await store.snapshot(of: .all).accounts.first)
    #expect(record.latest.primary?.resetAt == 4_102_444_800)
    #expect(record.latest.primary?.windowMinutes == nil)
    #expect(record.latest.primary?.credits == UsageSample.Credits(has: nil, unlimited: true, balance: nil))
    #expect(record.account.tokensRefreshedAt == nil)
    #expect(record.account.alias == nil)
    #expect(record.account.resetAt == nil)
    #expect(record.account.blockedAt == nil)
    #expect(record.account.workspaceID == nil)
    await store.close()
  }

  @Test("resets at the ends of the range are read")
  func extremeResets() async throws {
    let (_, store) = try await open(.own) {
      StoredAccount("a", resetAt: 0).usage("primary", 1, resetAt: .max).usage("secondary", 1, resetAt: .min)
    }
    let record = try #require(try await store.snapshot(of: .all).accounts.first)
    #expect(record.account.resetAt == 0)
    #expect(record.latest.primary?.resetAt == .max)
    #expect(record.latest.secondary?.resetAt == .min)
    await store.close()
  }

  @Test("the newest additional row is found among all limits and windows, whatever their keys hold", arguments: kinds)
  func newestAdditional(kind: StoreKind) async throws {
    let (database, store) = try await open(kind) {
      StoredAccount("a").additional("x", "primary", 1, at: "2026-01-01 00:00:01.000000")
        .additional("x", "secondary", 1, at: "2026-01-01 00:00:05.000000")
        .additional("y", "primary", 1, at: "2026-01-01 00:00:04.000000")
        .additional("x", "primary", 1, at: "2026-01-01 00:00:03.000000")
      StoredAccount("b").additional("x", "primary", 1, at: "2026-01-01 00:00:09.000000")
      StoredAccount("c")
    }
    // A NUL ends the text for whoever reads it, but not for SQLite, which would find the same row again and again.
    try database.execute("UPDATE additional_usage_history SET quota_key = 'x' || char(0) || 'z' WHERE quota_key = 'y'")
    let session = try await store.openSession()
    let newest = try await session.candidates(in: .all).map { $0.additionalRecordedAt?.rfc3339 }
    #expect(newest == ["2026-01-01T00:00:05Z", "2026-01-01T00:00:09Z", nil])
    session.close()
    await store.close()
  }

  @Test("upstream quota is hidden when the setting says so, and not without it", arguments: kinds)
  func hidden(kind: StoreKind) async throws {
    let (database, store) = try await open(kind) { StoredSettings(hidesUpstreamQuota: true) }
    #expect(try await store.snapshot(of: .all).hidesUpstreamQuota)
    try database.execute("UPDATE dashboard_settings SET hide_upstream_quota_from_api_keys = 0")
    #expect(try await !store.snapshot(of: .all).hidesUpstreamQuota)
    try database.execute("UPDATE dashboard_settings SET hide_upstream_quota_from_api_keys = 'maybe'")
    #expect(try await store.snapshot(of: .all).hidesUpstreamQuota)
    for change in [
      "DELETE FROM dashboard_settings", "ALTER TABLE dashboard_settings DROP COLUMN hide_upstream_quota_from_api_keys",
      "DROP TABLE dashboard_settings",
    ] {
      try database.execute(change)
      #expect(try await !store.snapshot(of: .all).hidesUpstreamQuota, "\(change)")
    }
    await store.close()
  }

  @Test("a key is found by its digest with what it may see", arguments: kinds)
  func keys(kind: StoreKind) async throws {
    let (_, store) = try await open(kind) {
      StoredAccount("a")
      StoredAccount("b")
      StoredKey("full")
      StoredKey("scoped", sections: "account_pool_usage", accounts: ["a"], expiresAt: "2030-01-01 00:00:00.000000")
      StoredKey("blind", accounts: [])
      StoredKey("off", isActive: false)
    }
    let full = try #require(try await store.apiKey(digest: StoredKey("full").digest))
    #expect(full.isActive && full.seesUsage && full.expiresAt == nil && full.scope == .all)
    let scoped = try #require(try await store.apiKey(digest: StoredKey("scoped").digest))
    #expect(scoped.scope == .only([AccountID("a")]))
    #expect(scoped.expiresAt == Timestamp(rfc3339: "2030-01-01T00:00:00Z"))
    #expect(!scoped.seesUsage)
    #expect(try await store.apiKey(digest: StoredKey("blind").digest)?.scope == .only([]))
    #expect(try await store.apiKey(digest: StoredKey("off").digest)?.isActive == false)
    #expect(try await store.apiKey(digest: StoredKey("unknown").digest) == nil)
    #expect(try await store.apiKey(digest: APIKeyDigest(hexadecimal: "")) == nil)
    await store.close()
  }

  @Test("assignments count only while the key's scope is on")
  func assignmentsWithoutScope() async throws {
    let change = "UPDATE api_keys SET account_assignment_scope_enabled = 0"
    let (_, store) = try await open(.codexLB, changes: change) {
      StoredAccount("a")
      StoredKey("key", accounts: ["a"])
    }
    #expect(try await store.apiKey(digest: StoredKey("key").digest)?.scope == .all)
    await store.close()
  }

  @Test(
    "what cannot be understood about a key narrows it",
    arguments: [
      ("UPDATE api_keys SET expires_at = 'soon'", false, true), ("UPDATE api_keys SET expires_at = 7", false, true),
      ("UPDATE api_keys SET expires_at = '2099-01-01T00:00:00Z'", false, true),
      ("UPDATE api_keys SET is_active = 'yes'", false, true), ("UPDATE api_keys SET is_active = 2", false, true),
      ("UPDATE api_keys SET account_assignment_scope_enabled = 'no'", true, false),
    ])
  func oddKeys(change: String, isActive: Bool, seesAll: Bool) async throws {
    let (_, store) = try await open(.codexLB, changes: change) { StoredKey("key") }
    let key = try #require(try await store.apiKey(digest: StoredKey("key").digest))
    #expect(key.isActive == isActive)
    #expect((key.scope == .all) == seesAll)
    await store.close()
  }
}
