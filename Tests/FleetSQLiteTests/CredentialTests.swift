import GRDB
import StoreBuilder
import Testing

@testable import Fleet
@testable import FleetSQLite

@Suite("logins in the store", .timeLimit(.minutes(5)))
struct CredentialTests {
  static let kinds = [StoreKind.own, .codexLB]
  private let id = AccountID("a")

  /// A store with a session, and a look past both.
  private struct Bench {
    let database: any StoreDatabase
    let store: SQLiteFleetStore
    let session: any BackgroundSession

    init(_ kind: StoreKind, @StoreContentsBuilder _ contents: () -> StoreContents) async throws {
      switch kind {
      case .own:
        let own = try await OwnStore.build(contents)
        (database, store) = (own, try await own.open())
      case .codexLB:
        let shared = try CodexLBStore.build(contents)
        (database, store) = (shared, try await shared.open())
      }
      session = try await store.openSession()
    }

    func column(_ name: String, of id: String = "a") throws -> String? {
      try database.value("SELECT \(name) FROM accounts WHERE id = '\(id)'")
    }

    /// Encrypts the stored refresh token once more.
    func rewrite(_ text: String, of id: String = "a") async throws {
      let sealed = try await store.connections.read { _, opened in try opened.key.seal(Secret(text)) }
      try database.execute(
        "UPDATE accounts SET refresh_token_encrypted = CAST('\(sealed)' AS BLOB) WHERE id = '\(id)'")
    }

    func end() async {
      session.close()
      await store.close()
    }
  }

  private func rotation(_ session: any BackgroundSession, claims: IdentityClaims = IdentityClaims()) async throws
    -> TokenRotation
  {
    let stored = try #require(try await session.credentials(of: id))
    return TokenRotation(
      accountID: id, used: try #require(stored.refreshToken), version: stored.version,
      tokens: NewTokens(
        accessToken: Secret("new-access"), refreshToken: Secret("new-refresh"), idToken: Secret("new-id"),
        claims: claims), at: try #require(Timestamp(rfc3339: "2026-03-04T05:06:07.000089Z")))
  }

  private func retirement(_ session: any BackgroundSession) async throws -> Retirement {
    Retirement(
      accountID: id, status: .reauthRequired, reason: "why",
      judged: try #require(try await session.credentials(of: id)))
  }

  // MARK: Rotation

  @Test("new tokens take the used ones' place, with when they came, and nothing else", arguments: kinds)
  func stored(kind: StoreKind) async throws {
    let bench = try await Bench(kind) {
      StoredAccount("a", plan: "plus", workspaceID: "w", resetAt: 5, blockedAt: 6)
      StoredAccount("b")
    }
    let others =
      "SELECT hex(access_token_encrypted), hex(refresh_token_encrypted), last_refresh FROM accounts WHERE id = 'b'"
    let before = try bench.database.rows(others)
    let untouched = "SELECT email, plan_type, workspace_id, status, reset_at, blocked_at FROM accounts WHERE id = 'a'"
    let kept = try bench.database.rows(untouched)
    #expect(try await bench.session.store(try await rotation(bench.session)) == .committed)
    let credentials = try #require(try await bench.session.credentials(of: id))
    #expect(credentials.accessToken == Secret("new-access"))
    #expect(credentials.refreshToken?.secret == Secret("new-refresh"))
    #expect(try bench.column("last_refresh") == "2026-03-04 05:06:07.000089")
    #expect(try bench.column("typeof(id_token_encrypted)") == "blob")
    #expect(try bench.database.rows(untouched) == kept && bench.database.rows(others) == before)
    await bench.end()
  }

  @Test("what the id token claims is written with the tokens; what it does not claim stays", arguments: kinds)
  func claims(kind: StoreKind) async throws {
    let bench = try await Bench(kind) { StoredAccount("a").with { $0.seatType = "old" } }
    let claims = IdentityClaims(
      email: "new@example.com", planType: " PRO ", chatGPTAccountID: "acct", chatGPTUserID: "user", workspaceID: "w",
      workspaceLabel: "Us")
    #expect(try await bench.session.store(try await rotation(bench.session, claims: claims)) == .committed)
    let columns =
      "SELECT email, plan_type, chatgpt_account_id, chatgpt_user_id, workspace_id, workspace_label, seat_type FROM accounts"
    let written = [["new@example.com", "pro", "acct", "user", "w", "Us", "old"]]
    #expect(try bench.database.rows(columns) == written)
    // Neither another workspace nor an unknown plan takes the place of what is there.
    let foreign = IdentityClaims(planType: "unknown", workspaceID: "v", workspaceLabel: "Them", seatType: "new")
    #expect(try await bench.session.store(try await rotation(bench.session, claims: foreign)) == .committed)
    #expect(try bench.database.rows(columns) == written)
    // Within the workspace its name and the seat follow.
    let own = IdentityClaims(workspaceID: "w", workspaceLabel: "We", seatType: "new")
    #expect(try await bench.session.store(try await rotation(bench.session, claims: own)) == .committed)
    #expect(try bench.database.rows(columns) == [["new@example.com", "pro", "acct", "user", "w", "We", "new"]])
    await bench.end()
  }

  @Test("a claimed workspace that another account of the login has is not taken; the tokens are stored all the same")
  func slotTaken() async throws {
    let bench = try await Bench(.codexLB) {
      StoredAccount("a", email: "me@example.com").with { $0.chatGPTAccountID = "acct" }
      StoredAccount("b", email: "me@example.com", workspaceID: "w").with { $0.chatGPTAccountID = "acct" }
      StoredAccount("c", email: "me@example.com", workspaceID: "v").with { $0.chatGPTAccountID = "other" }
    }
    let taken = IdentityClaims(workspaceID: "w", workspaceLabel: "Us", seatType: "seat")
    #expect(try await bench.session.store(try await rotation(bench.session, claims: taken)) == .committed)
    #expect(
      try bench.database.rows("SELECT workspace_id, workspace_label, seat_type FROM accounts WHERE id = 'a'") == [
        [nil, nil, nil]
      ])
    // The same workspace of another ChatGPT account is another slot.
    let free = IdentityClaims(workspaceID: "v")
    #expect(try await bench.session.store(try await rotation(bench.session, claims: free)) == .committed)
    #expect(try bench.column("workspace_id") == "v")
    await bench.end()
  }

  @Test("the used token, written again meanwhile, gives way; the ciphertext alone does not tell", arguments: kinds)
  func rewritten(kind: StoreKind) async throws {
    let bench = try await Bench(kind) { StoredAccount("a") }
    let rotation = try await rotation(bench.session)
    try await bench.rewrite("refresh-a")
    #expect(try await bench.session.store(rotation) == .committed)
    #expect(try await bench.session.credentials(of: id)?.refreshToken?.secret == Secret("new-refresh"))
    await bench.end()
  }

  @Test("another token, or one that cannot be read, is never overwritten", arguments: ["theirs", nil])
  func superseded(other: String?) async throws {
    let bench = try await Bench(.codexLB) { StoredAccount("a") }
    let rotation = try await rotation(bench.session)
    if let other {
      try await bench.rewrite(other)
    } else {
      try bench.database.execute("UPDATE accounts SET refresh_token_encrypted = x'ff'")
    }
    let tokens = "SELECT hex(access_token_encrypted), hex(refresh_token_encrypted), last_refresh FROM accounts"
    let before = try bench.database.rows(tokens)
    #expect(try await bench.session.store(rotation) == .superseded)
    #expect(try bench.database.rows(tokens) == before)
    await bench.end()
  }

  @Test("tokens and ends of logins are stored also where codex-lb cannot be told")
  func withoutInvalidation() async throws {
    let store = try CodexLBStore.build(changes: "DROP TABLE cache_invalidation") { StoredAccount("a") }
    let opened = try await store.open(allowsUntestedSchema: true)
    let session = try await opened.openSession()
    #expect(try await session.store(try await rotation(session)) == .committed)
    #expect(try await session.retire(try await retirement(session)) == .committed)
    #expect(try store.value("SELECT status FROM accounts") == "reauth_required")
    session.close()
    await opened.close()
  }

  @Test("a rotation cannot be stored twice; codex-lb is told of each that is stored", arguments: kinds)
  func storedOnce(kind: StoreKind) async throws {
    let bench = try await Bench(kind) { StoredAccount("a") }
    let rotation = try await rotation(bench.session)
    #expect(try await bench.session.store(rotation) == .committed)
    #expect(try await bench.session.store(rotation) == .superseded)
    #expect(
      try bench.database.rows("SELECT namespace, version FROM cache_invalidation")
        == (kind == .codexLB ? [["account_selection", "1"]] : []))
    await bench.end()
  }

  @Test(
    "new tokens are stored whatever the account's status: they exist nowhere else",
    arguments: [
      "UPDATE accounts SET status = 'paused'", "UPDATE accounts SET status = 'reauth_required'",
      "UPDATE accounts SET status = 'snoozed'",
      "UPDATE accounts SET delete_requested_at = '2026-01-01 00:00:00.000000'",
    ])
  func anyStatus(change: String) async throws {
    let bench = try await Bench(.codexLB) { StoredAccount("a") }
    let rotation = try await rotation(bench.session)
    try bench.database.execute(change)
    #expect(try await bench.session.store(rotation) == .committed)
    await bench.end()
  }

  @Test("an account that is gone has no place for tokens")
  func gone() async throws {
    let bench = try await Bench(.codexLB) { StoredAccount("a") }
    let rotation = try await rotation(bench.session)
    let retirement = try await retirement(bench.session)
    try bench.database.execute("DELETE FROM accounts")
    #expect(try await bench.session.store(rotation) == .accountChanged)
    #expect(try await bench.session.retire(retirement) == .accountChanged)
    await bench.end()
  }

  @Test("whatever holds a token or a status is committed with full durability")
  func durability() async throws {
    let bench = try await Bench(.own) { StoredAccount("a", status: "rate_limited") }
    func synchronous() async throws -> Int64? {
      try await bench.store.connections.current().writer().read { try Int64.fetchOne($0, sql: "PRAGMA synchronous") }
    }
    let full: Int64 = 2
    _ = try await bench.session.store(try await rotation(bench.session))
    #expect(try await synchronous() == full)
    let instant = try #require(Timestamp(rfc3339: "2026-03-04T05:06:07Z"))
    func write(_ recovery: StatusRecovery?) -> UsageWrite {
      UsageWrite(accountID: id, recordedAt: instant, metadata: nil, main: [], additional: .keep, recovery: recovery)
    }
    _ = try await bench.session.record(write(nil))
    #expect(try await synchronous() == 1)
    let limit = StatusRecovery.Limit(status: .rateLimited, deactivationReason: nil, resetAt: nil, blockedAt: nil)
    let active = StatusRecovery.Limit(status: .active, deactivationReason: nil, resetAt: nil, blockedAt: nil)
    _ = try await bench.session.record(write(StatusRecovery(expected: limit, recovered: active)))
    #expect(try await synchronous() == full)
    _ = try await bench.session.record(write(nil))
    _ = try await bench.session.retire(try await retirement(bench.session))
    #expect(try await synchronous() == full)
    await bench.end()
  }

  // MARK: Retirement

  @Test("a final status clears the reset, keeps the block, and has its reason", arguments: kinds)
  func retired(kind: StoreKind) async throws {
    let bench = try await Bench(kind) { StoredAccount("a", status: "rate_limited", resetAt: 5, blockedAt: 6) }
    #expect(try await bench.session.retire(try await retirement(bench.session)) == .committed)
    #expect(
      try bench.database.rows("SELECT status, deactivation_reason, reset_at, blocked_at FROM accounts")
        == [["reauth_required", "why", nil, "6"]])
    let versions = try bench.database.rows("SELECT namespace, version FROM cache_invalidation ORDER BY namespace")
    #expect(versions == (kind == .codexLB ? [["account_routing", "1"], ["account_selection", "1"]] : []))
    await bench.end()
  }

  @Test("the judged token, written again, is ended; another one is not")
  func retiredOrNot() async throws {
    let bench = try await Bench(.codexLB) { StoredAccount("a") }
    let retirement = try await retirement(bench.session)
    try await bench.rewrite("theirs")
    #expect(try await bench.session.retire(retirement) == .superseded)
    #expect(try bench.column("status") == "active")
    #expect(try bench.database.rows("SELECT * FROM cache_invalidation").isEmpty)
    try await bench.rewrite("refresh-a")
    #expect(try await bench.session.retire(retirement) == .committed)
    await bench.end()
  }

  @Test(
    "an account that left the refreshable statuses keeps the one it has",
    arguments: ["paused", "deactivated", "snoozed"])
  func notRetired(status: String) async throws {
    let bench = try await Bench(.codexLB) { StoredAccount("a") }
    let retirement = try await retirement(bench.session)
    try bench.database.execute("UPDATE accounts SET status = '\(status)'")
    #expect(try await bench.session.retire(retirement) == .accountChanged)
    #expect(try bench.column("status") == status)
    await bench.end()
  }

  // MARK: Downgrades

  @Test("answers that make a paid account free are counted, in codex-lb's form", arguments: kinds)
  func downgrades(kind: StoreKind) async throws {
    let bench = try await Bench(kind) { StoredAccount("a") }
    #expect(try await bench.session.observeDowngrade(of: id) == 1)
    let first = try bench.database.rows("SELECT first_observed_at FROM account_plan_downgrade_observations")
    #expect(try await bench.session.observeDowngrade(of: id) == 2)
    #expect(
      try bench.database.rows(
        """
        SELECT observations, observed_plan_type, length(credential_fingerprint), first_observed_at,
          last_observed_at GLOB '????-??-?? ??:??:??.??????' FROM account_plan_downgrade_observations
        """) == [["2", "free", "64", first.first?.first ?? nil, "1"]])
    #expect(try await bench.session.observeDowngrade(of: AccountID("none")) == 0)
    await bench.end()
  }

  @Test("a renewed login goes on counting, another seat begins anew")
  func seats() async throws {
    let bench = try await Bench(.codexLB) { StoredAccount("a") }
    #expect(try await bench.session.observeDowngrade(of: id) == 1)
    _ = try await bench.session.store(try await rotation(bench.session))
    #expect(try await bench.session.observeDowngrade(of: id) == 2)
    try bench.database.execute("UPDATE accounts SET email = 'other@example.com'")
    #expect(try await bench.session.observeDowngrade(of: id) == 1)
    await bench.end()
  }

  @Test("a payload that settles the matter forgets what was counted")
  func settled() async throws {
    let bench = try await Bench(.own) { StoredAccount("a") }
    _ = try await bench.session.observeDowngrade(of: id)
    let instant = try #require(Timestamp(rfc3339: "2026-03-04T05:06:07Z"))
    var write = UsageWrite(accountID: id, recordedAt: instant, metadata: nil, main: [], additional: .keep)
    _ = try await bench.session.record(write)
    #expect(try bench.database.value("SELECT count(*) FROM account_plan_downgrade_observations") == "1")
    write.settlesDowngrade = true
    _ = try await bench.session.record(write)
    #expect(try bench.database.value("SELECT count(*) FROM account_plan_downgrade_observations") == "0")
    await bench.end()
  }

  @Test("a seat's digest is the one that codex-lb computes")
  func fingerprint() {
    // python3 -c 'import hmac,hashlib,json; print(hmac.new(b"codex-lb/plan-downgrade-observation/v2",
    //   json.dumps([…], separators=(",",":")).encode(), hashlib.sha256).hexdigest())'
    let plain = Seat(chatGPTAccountID: "acct", chatGPTUserID: nil, email: "a@example.com", installationID: "i")
    #expect(plain.fingerprint == "9f24ff2ff811131568db629186932c8be4923eebd7536dc751a79c703b6e2ec7")
    let odd = Seat(chatGPTAccountID: "", chatGPTUserID: "ü\"\\\n\u{1}\u{7f}", email: "😀/", installationID: nil)
    #expect(odd.fingerprint == "629bfb77707b959bb2018b60568a1aa4b417df030d42751e24f37863ef5de84b")
  }

  // MARK: Recovery and workspaces

  @Test(
    "a limit is lifted only while the store holds what was read",
    arguments: [
      ("", true), ("UPDATE accounts SET reset_at = 7", false), ("UPDATE accounts SET blocked_at = 7", false),
      ("UPDATE accounts SET deactivation_reason = 'other'", false), ("UPDATE accounts SET status = 'active'", false),
    ])
  func recovery(change: String, isLifted: Bool) async throws {
    let bench = try await Bench(.codexLB) { StoredAccount("a", status: "quota_exceeded", resetAt: 5) }
    let candidate = try #require(try await bench.session.candidate(id))
    let payload = UsagePayload(
      primary: .init(usedPercent: 100, resetAt: 99), secondary: .init(usedPercent: 1))
    let write = try UsageWrite(payload, for: candidate, at: try #require(Timestamp(unixSeconds: 50)))
    if !change.isEmpty { try bench.database.execute(change) }
    let before = try bench.database.rows("SELECT status, deactivation_reason, reset_at, blocked_at FROM accounts")
    #expect(try await bench.session.record(write) == .committed(rows: 2))
    let after = try bench.database.rows("SELECT status, deactivation_reason, reset_at, blocked_at FROM accounts")
    #expect(after == (isLifted ? [["rate_limited", nil, "99", nil]] : before))
    await bench.end()
  }

  @Test("a workspace is adopted unless another account of the login has it, and then nothing is written")
  func adoption() async throws {
    let bench = try await Bench(.codexLB) {
      StoredAccount("a", email: "me@example.com").with { $0.chatGPTAccountID = "acct" }
      StoredAccount("b", email: "me@example.com", workspaceID: "w").with { $0.chatGPTAccountID = "acct" }
    }
    func record(_ workspace: String) async throws -> UsageWriteResult {
      let candidate = try #require(try await bench.session.candidate(id))
      let payload = UsagePayload(planType: "pro", workspaceID: workspace, primary: .init(usedPercent: 1))
      return try await bench.session.record(
        try UsageWrite(payload, for: candidate, at: try #require(Timestamp(unixSeconds: 50))))
    }
    #expect(try await record("w") == .workspaceTaken)
    #expect(try bench.column("plan_type") == "plus")
    #expect(try bench.database.rows("SELECT id FROM usage_history").isEmpty)
    #expect(try await record("v") == .committed(rows: 1))
    #expect(try bench.database.rows("SELECT workspace_id, plan_type FROM accounts WHERE id = 'a'") == [["v", "pro"]])
    await bench.end()
  }

  @Test("usage of an account that was bound elsewhere meanwhile is not written")
  func boundElsewhere() async throws {
    let bench = try await Bench(.codexLB) { StoredAccount("a") }
    let candidate = try #require(try await bench.session.candidate(id))
    let write = try UsageWrite(
      UsagePayload(primary: .init(usedPercent: 1)), for: candidate, at: try #require(Timestamp(unixSeconds: 50)))
    try bench.database.execute("UPDATE accounts SET workspace_id = 'w'")
    #expect(try await bench.session.record(write) == .accountChanged)
    #expect(try bench.database.rows("SELECT id FROM usage_history").isEmpty)
    await bench.end()
  }

  // MARK: Claims of sessions

  @Test("a session's claim keeps every other session off until it is given back, and can be extended", arguments: kinds)
  func sessionClaims(kind: StoreKind) async throws {
    let bench = try await Bench(kind) { StoredAccount("a") }
    let material = try #require(try await bench.session.credentials(of: id)?.refreshToken?.material)
    let other = try await bench.store.openSession()
    let claim = try #require(
      try await bench.session.claim(material, of: id, extending: nil, lease: .seconds(30)))
    #expect(claim.holder.hasSuffix("#" + material.hexadecimal.prefix(16)))
    #expect(try await other.claim(material, of: id, extending: nil, lease: .seconds(30)) == nil)
    #expect(try await bench.session.claim(material, of: id, extending: claim, lease: .seconds(30)) == claim)
    try await bench.session.release(claim)
    let next = try await other.claim(material, of: id, extending: nil, lease: .seconds(30))
    #expect(next != nil && next != claim)
    // A late release of the first does not touch the second.
    try await bench.session.release(claim)
    #expect(try bench.database.value("SELECT claimed_by FROM account_refresh_claims") == next?.holder)
    other.close()
    await bench.end()
  }
}
