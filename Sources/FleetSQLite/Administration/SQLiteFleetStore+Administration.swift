internal import Fleet
internal import GRDB

extension SQLiteFleetStore {
  /// Runs an administrative change, fully on disk when it returns.
  ///
  /// - Throws: `.managedElsewhere` in a codex-lb store.
  func administer<Value: Sendable>(
    _ body: @escaping @Sendable (Database, OpenedStore) throws -> Value
  ) async throws(StoreError) -> Value {
    try requireOwn()
    return try await connections.write(.full, changing: .anything, body)
  }

  /// Looks something up for an administrator.
  ///
  /// - Throws: `.managedElsewhere` in a codex-lb store.
  func consult<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    try requireOwn()
    return try await connections.read { db, _ in try body(db) }
  }

  /// - Throws: `.managedElsewhere` in a codex-lb store.
  func requireOwn() throws(StoreError) {
    guard kind == .own else {
      throw StoreError(
        .managedElsewhere,
        "The store \(path) is managed by codex-lb: do this in codex-lb's dashboard. This program follows by itself.")
    }
  }
}
