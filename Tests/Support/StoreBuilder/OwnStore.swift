internal import Fleet
public import FleetSQLite
internal import Foundation
internal import GRDB

/// A store of this program's own in a directory that is removed when the process exits.
public struct OwnStore: StoreDatabase {
  /// The directory they lie in.
  public let directory: TemporaryDirectory
  /// The database file.
  public var path: String { directory.file("fleet.db") }
  /// The key file.
  public var keyPath: String { directory.file("encryption.key") }

  init(_ directory: TemporaryDirectory) { self.directory = directory }

  /// Builds a store, with no connection left open and nobody holding it.
  public static func build(@StoreContentsBuilder _ contents: () -> StoreContents) async throws -> OwnStore {
    let store = OwnStore(try TemporaryDirectory())
    try await store.open().close()
    let key = try Data(contentsOf: URL(fileURLWithPath: store.keyPath))
    guard let fernet = Fernet(base64URL: Array(key)) else { throw CocoaError(.fileReadCorruptFile) }
    let contents = contents()
    try store.connect { db in
      try db.inTransaction {
        try contents.write(db, key: fernet)
        return .commit
      }
    }
    return store
  }

  /// Opens it.
  public func open(
    access: OwnStoreAccess = .daemon, busyTimeout: Duration = .seconds(5),
    warnings: @escaping @Sendable (StoreWarning) -> Void = { _ in }
  ) async throws -> SQLiteFleetStore {
    try await SQLiteFleetStore.open(own: path, access: access, busyTimeout: busyTimeout, warnings: warnings)
  }
}

extension CodexLBStore {
  /// Opens it by its directory.
  public func open(
    allowsUntestedSchema: Bool = false, busyTimeout: Duration = .seconds(5),
    warnings: @escaping @Sendable (StoreWarning) -> Void = { _ in }
  ) async throws -> SQLiteFleetStore {
    try await SQLiteFleetStore.open(
      codexLB: directory.path, allowsUntestedSchema: allowsUntestedSchema, busyTimeout: busyTimeout, warnings: warnings)
  }
}
