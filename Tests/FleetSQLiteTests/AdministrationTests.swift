import Fleet
import Foundation
import StoreBuilder
import Testing

@testable import FleetSQLite

@Suite("administration", .timeLimit(.minutes(5)))
struct AdministrationTests {
  private func open(
    @StoreContentsBuilder _ contents: () -> StoreContents
  ) async throws -> (OwnStore, SQLiteFleetStore) {
    let store = try await OwnStore.build(contents)
    return (store, try await store.open(access: .administration))
  }

  private func imported(
    email: String = "me@example.com", account: String? = "acct", workspace: String? = nil, token: String = "one",
    plan: String? = "plus", lastRefresh: Timestamp? = .init(rfc3339: "9999-12-31T23:59:59Z")
  ) -> ImportedAccount {
    ImportedAccount(
      email: email, planType: plan, chatGPTAccountID: account, workspaceID: workspace,
      accessToken: Secret("access-" + token), refreshToken: Secret("refresh-" + token), idToken: Secret("id-" + token),
      lastRefresh: lastRefresh)
  }

  @Test("a file that is older than the stored login takes its place only where that has ended, or by force")
  func olderLogin() async throws {
    let (store, opened) = try await open {}
    let (early, late) = (
      try #require(Timestamp(rfc3339: "2026-01-01T00:00:00Z")), try #require(Timestamp(rfc3339: "2026-02-01T00:00:00Z"))
    )
    func token() async throws -> String? {
      let session = try await opened.openSession()
      defer { session.close() }
      let id = try #require(try await opened.listAccounts().first).id
      return try await session.credentials(of: id)?.accessToken.withText { $0 }
    }
    _ = try await opened.importAccount(imported(token: "first", lastRefresh: early))
    // The same file once more changes nothing that matters.
    #expect(try await opened.importAccount(imported(token: "first", lastRefresh: early)).replacedTokens)
    _ = try await opened.importAccount(imported(token: "renewed", lastRefresh: late))
    let error = await #expect(throws: StoreError.self) {
      try await opened.importAccount(imported(token: "first", lastRefresh: early))
    }
    #expect(error?.code == .invalidValue && error?.message.contains("--force") == true)
    #expect(try await token() == "access-renewed")
    // One that does not say how old it is may be older; one from the future is not younger than all that will come.
    await #expect(throws: StoreError.self) {
      try await opened.importAccount(imported(token: "undated", lastRefresh: nil))
    }
    _ = try await opened.importAccount(imported(token: "future"))
    #expect(try await token() == "access-future")
    let soon = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000) + 1_000_000)
    _ = try await opened.importAccount(imported(token: "next", lastRefresh: soon))
    #expect(try await token() == "access-next")
    _ = try await opened.importAccount(imported(token: "forced", lastRefresh: early), isForced: true)
    #expect(try await token() == "access-forced")
    try store.execute("UPDATE accounts SET status = 'reauth_required', last_refresh = '2026-03-01 00:00:00.000000'")
    _ = try await opened.importAccount(imported(token: "again", lastRefresh: early))
    #expect(try await token() == "access-again")
    await opened.close()
  }

  @Test("a made key opens what it was made for, and is stored as a digest only")
  func createKey() async throws {
    let (store, opened) = try await open {
      StoredAccount("a", email: "a@example.com")
      StoredAccount("b", alias: "bee")
    }
    let expiry = try #require(Timestamp(rfc3339: "2030-01-01T00:00:00Z"))
    let key = try await opened.createKey(
      name: " laptop ", sections: [.accountPoolUsage], accounts: ["A@example.com", "bee", "a"], expiresAt: expiry)
    let text = key.plainKey.withText { $0 }
    #expect(text.hasPrefix("sk-fleet-") && text.count == 9 + 43)
    #expect(text.hasPrefix(key.prefix) && key.prefix.count == 17)
    let stored = try #require(try await opened.apiKey(digest: StoredKey.digest(of: text)))
    #expect(stored.id == key.id && stored.isActive && stored.expiresAt == expiry)
    #expect(stored.scope == .only([AccountID("a"), AccountID("b")]))
    #expect(stored.usageSections == "account_pool_usage")
    let row = try #require(try store.rows("SELECT * FROM api_keys").first)
    #expect(!row.contains { $0?.contains(text) == true })
    let listing = try #require(try await opened.listKeys().first)
    #expect(listing.name == "laptop" && listing.prefix == key.prefix && listing.scope == stored.scope)
    #expect(listing.createdAt != nil)
    #expect(!"\(key)".contains(text))
    await opened.close()
  }

  @Test("a key's name must be a name, and free; unknown accounts make no key")
  func keyNames() async throws {
    let (store, opened) = try await open { StoredKey("taken") }
    for name in ["", "  ", "taken", "a\nb", String(repeating: "x", count: 201)] {
      let error = await #expect(throws: StoreError.self) { try await opened.createKey(name: name) }
      #expect(error?.code == .invalidValue, "\(name)")
    }
    let unknown = await #expect(throws: StoreError.self) {
      try await opened.createKey(name: "new", accounts: ["who@example.com"])
    }
    #expect(unknown?.code == .notFound)
    #expect(unknown?.message.contains("who@") == false)
    #expect(try store.value("SELECT count(*) FROM api_keys") == "1")
    await opened.close()
  }

  @Test("a revoked key lets nobody in and frees its name", arguments: ["id", "name", "prefix", "shown"])
  func revoke(by: String) async throws {
    let (_, opened) = try await open {}
    let key = try await opened.createKey(name: "phone")
    let references = ["id": key.id, "name": "phone", "prefix": key.prefix, "shown": key.prefix + "…"]
    let reference = try #require(references[by])
    #expect(try await opened.revokeKey(reference) == key.id)
    #expect(try await opened.revokeKey(reference) == key.id)
    let digest = key.plainKey.withText { StoredKey.digest(of: $0) }
    #expect(try await opened.apiKey(digest: digest)?.isActive == false)
    let next = try await opened.createKey(name: "phone")
    #expect(try await opened.revokeKey("phone") == next.id)
    let unknown = await #expect(throws: StoreError.self) { try await opened.revokeKey("nobody") }
    #expect(unknown?.code == .notFound)
    await opened.close()
  }

  @Test("an imported account is active, with its tokens encrypted")
  func importNew() async throws {
    let (store, opened) = try await open {}
    let result = try await opened.importAccount(imported())
    #expect(result == AccountImport(id: imported().storeID, replacedTokens: false, isPaused: false))
    let accounts = try await opened.listAccounts()
    #expect(accounts.map(\.id) == [result.id])
    #expect(accounts.first?.status == .active && accounts.first?.plan.name == "plus")
    let session = try await opened.openSession()
    #expect(try await session.credentials(of: result.id)?.accessToken.withText { $0 } == "access-one")
    session.close()
    #expect(try store.value("SELECT typeof(refresh_token_encrypted) FROM accounts") == "blob")
    #expect(try store.value("SELECT substr(CAST(refresh_token_encrypted AS TEXT), 1, 5) FROM accounts") == "gAAAA")
    #expect(try store.value("SELECT length(codex_installation_id) FROM accounts") == "36")
    await opened.close()
  }

  @Test("importing a paused account's new login leaves it paused")
  func importPaused() async throws {
    let (store, opened) = try await open {}
    let id = try await opened.importAccount(imported()).id
    _ = try await opened.pauseAccount(id.rawValue)
    #expect(try await opened.importAccount(imported(token: "two")).isPaused)
    #expect(try await opened.listAccounts().first?.status == .paused)
    #expect(try store.value("SELECT count(*) FROM accounts") == "1")
    await opened.close()
  }

  @Test("importing an account again replaces its tokens, revives it and keeps its history")
  func importAgain() async throws {
    let (store, opened) = try await open {}
    let id = try await opened.importAccount(imported()).id
    try store.execute(
      """
      UPDATE accounts SET status = 'reauth_required', deactivation_reason = 'x', reset_at = 5, alias = 'mine';
      INSERT INTO usage_history (account_id, recorded_at, window, used_percent) VALUES ('\(id.rawValue)', '2026-01-01 00:00:00', 'primary', 5);
      INSERT INTO account_plan_downgrade_observations VALUES ('\(id.rawValue)', 1, 'f', 'free', 'x', 'x');
      """)
    let again = try await opened.importAccount(imported(token: "two", plan: nil))
    #expect(again == AccountImport(id: id, replacedTokens: true, isPaused: false))
    let account = try #require(try await opened.listAccounts().first)
    #expect(
      account.status == .active && account.alias == "mine" && account.plan.name == "plus" && account.resetAt == nil)
    #expect(try store.value("SELECT deactivation_reason FROM accounts") == nil)
    #expect(try store.value("SELECT count(*) FROM usage_history") == "1")
    #expect(try store.value("SELECT count(*) FROM account_plan_downgrade_observations") == "0")
    let session = try await opened.openSession()
    #expect(try await session.credentials(of: id)?.accessToken.withText { $0 } == "access-two")
    session.close()
    await opened.close()
  }

  @Test("workspaces and seats are accounts of their own; a workspace learnt later is the same account")
  func importWorkspaces() async throws {
    let (store, opened) = try await open {}
    let first = try await opened.importAccount(imported())
    let seat = try await opened.importAccount(imported(email: "you@example.com"))
    try store.execute("UPDATE accounts SET workspace_id = 'w1' WHERE id = '\(first.id.rawValue)'")
    let learnt = try await opened.importAccount(imported(workspace: "w1"))
    let other = try await opened.importAccount(imported(workspace: "w2"))
    #expect(!seat.replacedTokens && learnt.replacedTokens && learnt.id == first.id && !other.replacedTokens)
    #expect(try await opened.listAccounts().count == 3)
    await opened.close()
  }

  @Test("accounts are paused and resumed by identifier, e-mail address or alias")
  func pause() async throws {
    let (_, opened) = try await open {
      StoredAccount("a", status: "rate_limited", alias: "main", resetAt: 99, blockedAt: 5)
      StoredAccount("dead", status: "reauth_required")
    }
    for reference in ["a", "A@EXAMPLE.COM", "main"] {
      #expect(try await opened.pauseAccount(reference) == AccountID("a"))
      #expect(try await opened.listAccounts().first?.status == .paused)
      #expect(try await opened.pauseAccount(reference) == AccountID("a"))
      #expect(try await opened.resumeAccount(reference) == AccountID("a"))
      let account = try #require(try await opened.listAccounts().first)
      #expect(account.status == .active && account.resetAt == nil && account.blockedAt == nil)
    }
    var errors: [StoreError?] = []
    errors.append(await #expect(throws: StoreError.self) { try await opened.pauseAccount("dead") })
    errors.append(await #expect(throws: StoreError.self) { try await opened.resumeAccount("dead") })
    #expect(errors.allSatisfy { $0?.code == .invalidValue })
    await opened.close()
  }

  @Test("an account that was taken for deactivated, as by a wrong upstream's answer, is resumed with the login it has")
  func resumeDeactivated() async throws {
    let (store, opened) = try await open {
      StoredAccount("a", status: "deactivated")
      StoredAccount("ended", status: "reauth_required")
    }
    try store.execute("UPDATE accounts SET deactivation_reason = 'usage endpoint: 404'")
    #expect(try await opened.resumeAccount("a") == AccountID("a"))
    #expect(try await opened.listAccounts().first?.status == .active)
    #expect(try store.value("SELECT deactivation_reason FROM accounts WHERE id = 'a'") == nil)
    await #expect(throws: StoreError.self) { try await opened.resumeAccount("ended") }
    await opened.close()
  }

  @Test("a reference that means several accounts is refused, unless it is an identifier")
  func ambiguous() async throws {
    let (_, opened) = try await open {
      StoredAccount("a", email: "same@example.com")
      StoredAccount("b", email: "same@example.com")
      StoredAccount("c", alias: "a")
    }
    let error = await #expect(throws: StoreError.self) { try await opened.pauseAccount("same@example.com") }
    #expect(error?.code == .invalidValue)
    #expect(error?.message.contains("a, b") == true)
    #expect(error?.message.contains("same@") == false)
    #expect(try await opened.pauseAccount("a") == AccountID("a"))
    await opened.close()
  }

  @Test("a removed account takes its rows and assignments along")
  func remove() async throws {
    let (store, opened) = try await open {
      StoredAccount("a").usage("primary", 1).additional("spark", "primary", 1)
      StoredAccount("b").usage("primary", 1)
      StoredKey("key", accounts: ["a", "b"])
    }
    #expect(try await opened.removeAccount("a@example.com") == AccountID("a"))
    #expect(try store.rows("SELECT id FROM accounts") == [["b"]])
    #expect(try store.rows("SELECT account_id FROM usage_history") == [["b"]])
    #expect(try store.rows("SELECT account_id FROM additional_usage_history").isEmpty)
    #expect(try await opened.apiKey(digest: StoredKey("key").digest)?.scope == .only([AccountID("b")]))
    let error = await #expect(throws: StoreError.self) { try await opened.removeAccount("a") }
    #expect(error?.code == .notFound)
    await opened.close()
  }

  @Test("settings are on or off, and known")
  func settings() async throws {
    let (_, opened) = try await open {}
    let name = StoreSetting.hideUpstreamQuotaFromAPIKeys.rawValue
    #expect(try await opened.setting(name) == "off")
    try await opened.set(name, to: "on")
    #expect(try await opened.setting(name) == "on")
    #expect(try await opened.snapshot(of: .all).hidesUpstreamQuota)
    try await opened.set(name, to: "OFF")
    #expect(try await opened.setting(name) == "off")
    let value = await #expect(throws: StoreError.self) { try await opened.set(name, to: "maybe") }
    #expect(value?.code == .invalidValue)
    for unknown in ["password_hash", "id", ""] {
      let error = await #expect(throws: StoreError.self) { try await opened.setting(unknown) }
      #expect(error?.code == .notFound)
      #expect(error?.message.contains(name) == true)
    }
    await opened.close()
  }

  @Test("a codex-lb store is administered by codex-lb alone")
  func managedElsewhere() async throws {
    let store = try CodexLBStore.build {
      StoredAccount("a")
      StoredKey("key")
    }
    let opened = try await store.open()
    let attempts: [@Sendable () async throws -> Void] = [
      { _ = try await opened.createKey(name: "x") }, { _ = try await opened.listKeys() },
      { _ = try await opened.revokeKey("key") }, { _ = try await opened.listAccounts() },
      { _ = try await opened.pauseAccount("a") }, { _ = try await opened.resumeAccount("a") },
      { _ = try await opened.removeAccount("a") },
      { _ = try await opened.setting("hide_upstream_quota_from_api_keys") },
      { try await opened.set("hide_upstream_quota_from_api_keys", to: "on") },
      {
        _ = try await opened.importAccount(
          ImportedAccount(email: "x", accessToken: Secret("a"), refreshToken: Secret("r"), idToken: Secret("i")))
      },
    ]
    for attempt in attempts {
      let error = await #expect(throws: StoreError.self) { try await attempt() }
      #expect(error?.code == .managedElsewhere)
      #expect(error?.message.contains("codex-lb") == true)
    }
    #expect(try store.value("SELECT count(*) FROM accounts WHERE status = 'active'") == "1")
    await opened.close()
  }
}
