import Fleet
import Foundation
import StoreBuilder
import Testing

@testable import FleetSQLite

@Suite("opening a codex-lb store", .timeLimit(.minutes(5)))
struct CodexLBOpeningTests {
  private func expectError(
    _ code: StoreError.Code, naming path: String, _ open: () async throws -> SQLiteFleetStore
  ) async {
    let error = await #expect(throws: StoreError.self) { try await open() }
    #expect(error?.code == code)
    #expect(error?.message.contains(path) == true, "\(error?.message ?? "")")
  }

  @Test("looking at it leaves its bytes as they are and nothing beside it")
  func untouched() async throws {
    let store = try CodexLBStore.build {
      StoredAccount("a").usage("primary", 40)
      StoredKey("full")
    }
    let before = try Data(contentsOf: URL(fileURLWithPath: store.path))
    let opened = try await store.open()
    #expect(opened.kind == .codexLB)
    _ = try await opened.snapshot(of: .all)
    _ = try await opened.apiKey(digest: StoredKey("full").digest)
    let session = try await opened.openSession()
    _ = try await session.candidates(in: .all)
    session.close()
    await opened.close()
    #expect(try Data(contentsOf: URL(fileURLWithPath: store.path)) == before)
    let names = try FileManager.default.contentsOfDirectory(atPath: store.directory.path)
    #expect(Set(names).isSubset(of: ["store.db", "store.db-wal", "store.db-shm", "encryption.key"]))
    #expect(try store.rows("SELECT name FROM sqlite_master WHERE name LIKE 'grdb%'").isEmpty)
  }

  @Test("it is found by its directory, with or without a slash, and by its file")
  func places() async throws {
    let store = try CodexLBStore.build {}
    for path in [store.directory.path, store.directory.path + "/", store.path] {
      let opened = try await SQLiteFleetStore.open(codexLB: path)
      #expect(opened.path.hasSuffix("/store.db"))
      await opened.close()
    }
  }

  @Test("two may share it")
  func shared() async throws {
    let store = try CodexLBStore.build {}
    let first = try await store.open()
    let second = try await store.open()
    await first.close()
    await second.close()
  }

  @Test("a missing path, a directory without a store and an own store are refused")
  func wrongPlaces() async throws {
    let directory = try TemporaryDirectory()
    let missing = directory.file("nowhere")
    await expectError(.missing, naming: missing) { try await SQLiteFleetStore.open(codexLB: missing) }
    await expectError(.missing, naming: directory.path) { try await SQLiteFleetStore.open(codexLB: directory.path) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    let own = try await OwnStore.build {}
    await expectError(.corrupt, naming: own.path) { try await SQLiteFleetStore.open(codexLB: own.path) }
  }

  @Test("another key than the store's is refused; without a stored fingerprint the key is taken as it is")
  func fingerprint() async throws {
    let store = try CodexLBStore.build(changes: "UPDATE runtime_sentinels SET value = 'sha256:00'") {}
    await expectError(.keyMismatch, naming: store.keyPath) { try await store.open() }
    try store.execute("DELETE FROM runtime_sentinels")
    await (try store.open()).close()
    try store.execute("DROP TABLE runtime_sentinels")
    await (try store.open()).close()
  }

  @Test("the key may be its group's, but not everyone's")
  func keyPermissions() async throws {
    let store = try CodexLBStore.build {}
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: store.keyPath)
    await (try store.open()).close()
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: store.keyPath)
    await expectError(.permission, naming: store.keyPath) { try await store.open() }
  }

  @Test(
    "a column that summaries read is missed at once",
    arguments: [("accounts", "alias"), ("usage_history", "credits_balance"), ("api_keys", "usage_sections")])
  func missingForReading(table: String, column: String) async throws {
    let store = try CodexLBStore.build(changes: "ALTER TABLE \(table) DROP COLUMN \(column)") {}
    await expectError(.unsupportedSchema, naming: "\(table).\(column)") { try await store.open() }
  }

  @Test(
    "a column that only refreshes need is missed when a session is opened, and summaries work",
    arguments: [
      ("ALTER TABLE additional_usage_history DROP COLUMN limit_name", "additional_usage_history.limit_name"),
      ("DROP TABLE cache_invalidation", "cache_invalidation"),
      ("ALTER TABLE dashboard_settings DROP COLUMN upstream_proxy_routing_enabled", "upstream_proxy_routing_enabled"),
    ])
  func missingForRefreshing(change: String, name: String) async throws {
    let store = try CodexLBStore.build(changes: change) { StoredAccount("a").usage("primary", 40) }
    let opened = try await store.open()
    #expect(try await opened.snapshot(of: .all).accounts.count == 1)
    let error = await #expect(throws: StoreError.self) { try await opened.openSession() }
    #expect(error?.code == .unsupportedSchema)
    #expect(error?.message.contains(name) == true)
    #expect(opened.sessionCounts == SessionCounts(opened: 0, open: 0))
    await opened.close()
    let permissive = try await store.open(allowsUntestedSchema: true)
    (try await permissive.openSession()).close()
    await permissive.close()
  }

  @Test("an untested revision refuses sessions, by name, unless it is allowed; summaries work")
  func revision() async throws {
    let store = try CodexLBStore.build(revision: "20990101_000000_future") { StoredAccount("a") }
    let opened = try await store.open()
    #expect(try await opened.snapshot(of: .all).accounts.count == 1)
    let error = await #expect(throws: StoreError.self) { try await opened.openSession() }
    #expect(error?.code == .unsupportedSchema)
    #expect(error?.message.contains("20990101_000000_future") == true)
    await opened.close()
    let permissive = try await store.open(allowsUntestedSchema: true)
    (try await permissive.openSession()).close()
    await permissive.close()
  }

  @Test("a migration under a running daemon is noticed by the next session")
  func migratedMeanwhile() async throws {
    let store = try CodexLBStore.build {}
    let opened = try await store.open()
    (try await opened.openSession()).close()
    try store.execute("UPDATE alembic_version SET version_num = 'next'")
    await #expect(throws: StoreError.self) { try await opened.openSession() }
    try store.execute("UPDATE alembic_version SET version_num = '\(SchemaGate.testedRevisions.first ?? "")'")
    (try await opened.openSession()).close()
    try store.execute("ALTER TABLE account_refresh_claims DROP COLUMN claimed_at")
    await #expect(throws: StoreError.self) { try await opened.openSession() }
    await opened.close()
  }
}
