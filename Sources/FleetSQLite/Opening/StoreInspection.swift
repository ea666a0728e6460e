internal import Fleet
internal import GRDB

/// What a file is, found out without writing to it.
struct StoreInspection {
  /// Whose store it is.
  let kind: StoreKind
  /// The stored fingerprint of the encryption key.
  let keyFingerprint: String?
  /// Whether tables or columns of this version are still to be made.
  let needsMigration: Bool

  private static let header = Array("SQLite format 3\0".utf8)

  /// Looks into the file at `path`.
  ///
  /// - Throws: `.corrupt` when it is no store, `.unsupportedSchema` when a newer version of this program wrote it.
  init(path: String, busyTimeout: Duration) throws(StoreError) {
    let start = try Self.requireDatabase(path)
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(busyTimeout.seconds)
    configuration.label = "fleet.inspection"
    do {
      if let address = try TracelessAddress.find(path, header: start) {
        do {
          self = try Self.look(at: address, configuration, path: path)
          return
        } catch is DatabaseError {
          // An SQLite that knows no such addresses, or a store that is being written: looked at as usual.
        }
      }
      self = try Self.look(at: path, configuration, path: path)
    } catch {
      throw StoreError(error, path: path)
    }
  }

  private static func look(
    at address: String, _ configuration: Configuration, path: String
  ) throws -> StoreInspection {
    let queue = try DatabaseQueue(path: address, configuration: configuration)
    return try queue.read { db in try StoreInspection(db, path: path) }
  }

  private init(_ db: Database, path: String) throws {
    let tables = try Set(String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'"))
    if tables.contains("alembic_version") {
      kind = .codexLB
      needsMigration = false
    } else if tables.contains("grdb_migrations"), tables.contains("accounts") {
      kind = .own
      guard try !OwnSchema.migrator.hasBeenSuperseded(db) else {
        throw StoreError(
          .unsupportedSchema,
          "A newer version of this program wrote the store \(path). Update the program; the store is unchanged.")
      }
      needsMigration = try !OwnSchema.migrator.hasCompletedMigrations(db)
    } else {
      throw StoreError(
        .corrupt,
        "\(path) is a database, but neither a store of this program nor one of codex-lb. Check the path.")
    }
    guard tables.contains("runtime_sentinels") else {
      keyFingerprint = nil
      return
    }
    let value = try DatabaseValue.fetchOne(
      db, sql: "SELECT value FROM runtime_sentinels WHERE name = ?", arguments: [OwnSchema.fingerprintSentinel])
    keyFingerprint = value?.text
  }

  /// - Returns: the beginning of the file.
  private static func requireDatabase(_ path: String) throws(StoreError) -> [UInt8] {
    guard let status = try FileStatus(path: path) else {
      throw StoreError(.missing, "There is no store at \(path). Check the path.")
    }
    guard status.isRegular else {
      throw StoreError(.corrupt, "\(path) is not a file. Check the path.")
    }
    guard status.size > 0 else {
      throw StoreError(
        .corrupt,
        "The store \(path) is empty. Put it back from a backup, or remove it together with its -wal and -shm files.")
    }
    let start = try FileContents.prefix(path, length: TracelessAddress.headerLength)
    guard start.starts(with: header) else {
      throw StoreError(.corrupt, "\(path) is not an SQLite database. Check the path.")
    }
    return start
  }
}
