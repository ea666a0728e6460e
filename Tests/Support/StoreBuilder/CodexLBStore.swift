internal import Fleet
internal import FleetSQLite
internal import Foundation
internal import GRDB

/// A codex-lb data directory with `store.db` and `encryption.key`, removed when the process exits.
public struct CodexLBStore: StoreDatabase {
  /// The key every built store has, in URL-safe Base64.
  public static let keyText = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

  /// The directory they lie in.
  public let directory: TemporaryDirectory
  /// The database file.
  public var path: String { directory.file("store.db") }
  /// The key file.
  public var keyPath: String { directory.file("encryption.key") }

  private init(_ directory: TemporaryDirectory) { self.directory = directory }

  /// Builds a store in journal mode WAL, with no connection left open.
  ///
  /// - Parameters:
  ///   - revision: the Alembic revision; the tested one unless given.
  ///   - changes: SQL to run last, to leave columns out or to put odd values in.
  public static func build(
    revision: String? = nil, changes: String? = nil, @StoreContentsBuilder _ contents: () -> StoreContents
  ) throws -> CodexLBStore {
    let store = CodexLBStore(try TemporaryDirectory())
    let key = Array(keyText.utf8)
    guard
      let fernet = Fernet(base64URL: key),
      FileManager.default.createFile(
        atPath: store.keyPath, contents: Data(key), attributes: [.posixPermissions: 0o600])
    else { throw CocoaError(.fileWriteUnknown) }
    let fingerprint = "sha256:" + StoredKey.digest(of: keyText).hexadecimal
    let contents = contents()
    try store.connect { db in
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      try db.execute(sql: CodexLBTables.statements)
      try db.execute(
        sql: "INSERT INTO alembic_version (version_num) VALUES (?)", arguments: [revision ?? CodexLBTables.revision])
      try db.execute(
        sql: "INSERT INTO runtime_sentinels (name, value) VALUES ('encryption_key_fingerprint', ?)",
        arguments: [fingerprint])
      try contents.write(db, key: fernet)
      if let changes { try db.execute(sql: changes) }
    }
    return store
  }
}
