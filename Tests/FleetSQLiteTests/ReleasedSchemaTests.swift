import Fleet
import GRDB
import StoreBuilder
import Testing

@testable import FleetSQLite

@Suite("stores of released schemas", .timeLimit(.minutes(5)))
struct ReleasedSchemaTests {
  private static let tables = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"

  @Test(
    "a store of every released schema opens, with its accounts, logins, samples and keys",
    arguments: OwnStore.releasedSchemas)
  func opening(schema: Int) async throws {
    let store = try OwnStore.build(released: schema)
    let opened = try await store.open()
    let account = try #require(try await opened.snapshot(of: .all).accounts.first)
    #expect(account.account.id == AccountID("acct-1_8c2a47d3"))
    #expect(account.latest.primary?.usedPercent == 25)
    #expect(try await opened.apiKey(digest: StoredKey("full").digest)?.isActive == true)
    let session = try await opened.openSession()
    let credentials = try await session.credentials(of: account.account.id)
    #expect(credentials?.accessToken.withText { $0 } == "access-1")
    session.close()
    await opened.close()
    // It is what a new one is, from then on.
    let new = try await OwnStore.build {}
    #expect(try store.rows(Self.tables) == new.rows(Self.tables))
    let migrations = "SELECT identifier FROM grdb_migrations ORDER BY identifier"
    #expect(try store.rows(migrations) == new.rows(migrations))
  }

  @Test("every migration has a store that is kept for this test")
  func complete() {
    #expect(
      OwnStore.releasedSchemas.map { "\($0)" } == OwnSchema.migrator.migrations.map { String($0.prefix { $0 != " " }) })
  }
}
