internal import GRDB

/// Tells the replicas of a codex-lb that share a store to drop what they remember of it.
enum CacheInvalidation: String {
  /// Usage, a status or new tokens were written.
  case accountSelection = "account_selection"
  /// An account has become unroutable.
  case accountRouting = "account_routing"

  /// Counts a namespace's version up, from nothing to 1.
  static func bump(_ namespace: CacheInvalidation, _ db: Database) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO cache_invalidation (namespace, version) VALUES (?, 1)
        ON CONFLICT (namespace) DO UPDATE SET version = version + 1
        """)
    try statement.execute(arguments: [namespace.rawValue])
  }

  /// Counts a version up where the schema lets it: what is written with it must not be lost to a table that another
  /// codex-lb does not have.
  static func bumpIfPossible(_ namespace: CacheInvalidation, _ db: Database) throws {
    do {
      try bump(namespace, db)
    } catch let error as DatabaseError where [.SQLITE_ERROR, .SQLITE_CONSTRAINT].contains(error.resultCode) {
      return
    }
  }
}
