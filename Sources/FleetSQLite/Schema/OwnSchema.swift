internal import GRDB

/// The schema of the own store, as migrations in order.
///
/// Tables, columns and value formats are codex-lb's for whatever both have, so that one set of queries reads both.
enum OwnSchema {
  /// The row of `runtime_sentinels` that tells which key the tokens are encrypted with.
  static let fingerprintSentinel = "encryption_key_fingerprint"

  /// All migrations. What was released is never changed, only added to.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 accounts, usage, keys, settings") { db in
      for statement in accounts + usage + access + coordination { try db.execute(sql: statement) }
    }
    return migrator
  }
}
