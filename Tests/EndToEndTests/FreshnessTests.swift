import StoreBuilder
import Testing

@Suite("Answers that follow the store", .timeLimit(.minutes(5)))
struct FreshnessTests {
  private static let scoped = "sk-test-scoped"

  @Test("whatever another program has committed shows in the very next answer, and nothing of before")
  func everyCommit() async throws {
    let scene = try await Scene.set(accounts: 3)
    func names(_ token: String = Scene.token) async throws -> [String?] {
      try await scene.call("fleet.summary", token: token).accounts.map { $0["accountId"] as? String }
    }
    // Asked often enough to be answered out of memory.
    for _ in 0..<3 {
      #expect(try await names() == ["a-000", "a-001", "a-002"])
      #expect(try await names(Self.scoped) == ["a-000"])
    }
    try scene.store.execute("UPDATE api_key_accounts SET account_id = 'a-001'")
    for _ in 0..<3 { #expect(try await names(Self.scoped) == ["a-001"]) }
    try scene.store.execute("INSERT INTO api_key_accounts (api_key_id, account_id) VALUES ('key-scoped', 'a-002')")
    for _ in 0..<3 { #expect(try await names(Self.scoped) == ["a-001", "a-002"]) }
    try scene.store.execute("UPDATE accounts SET delete_requested_at = '2026-01-01 00:00:00' WHERE id = 'a-001'")
    for _ in 0..<3 { #expect(try await names(Self.scoped) == ["a-002"]) }
    for alias in ["one", "two", "three"] {
      try scene.store.execute("UPDATE accounts SET alias = '\(alias)' WHERE id = 'a-002'")
      let accounts = try await scene.call("fleet.summary").accounts
      #expect(accounts.last?["displayName"] as? String == alias)
    }
    try scene.store.execute("UPDATE api_keys SET is_active = 0 WHERE id = 'key-scoped'")
    #expect(try await scene.call("fleet.summary", token: Self.scoped).errorCode == "invalid_api_key")
    #expect(try await names() == ["a-000", "a-002"])
    await scene.end()
  }

  @Test("what the daemon has written itself shows in the very next answer, and the quota hides as soon as it is to")
  func ownWrites() async throws {
    let scene = try await Scene.set(accounts: 40)
    #expect(try await scene.sampledAccounts() == 0)
    #expect(try await scene.call("fleet.refresh", accounts: ["a-017"]).tally == ["written": 1])
    #expect(try await scene.sampledAccounts() == 1)
    #expect(try await scene.call("fleet.refresh").tally == ["written": 39, "fresh": 1])
    #expect(try await scene.sampledAccounts() == 40)
    try scene.store.execute("UPDATE dashboard_settings SET hide_upstream_quota_from_api_keys = 1")
    #expect(try await scene.sampledAccounts() == 0)
    await scene.end()
  }
}
