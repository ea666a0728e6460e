internal import Dispatch
public import Fleet

extension SQLiteFleetStore {
  /// How long to wait for another process's lock unless told otherwise.
  public static let defaultBusyTimeout = Duration.seconds(5)

  /// Opens a store of this program's own, and makes it when there is none.
  ///
  /// A new store's directory, files and key are accessible to their owner alone; the key lies beside the store unless
  /// `keyFile` says otherwise. A store of an older schema is migrated, one of a newer schema is refused and left alone.
  ///
  /// - Parameters:
  ///   - path: the database file.
  ///   - keyFile: the key file.
  ///   - access: a daemon takes the store for itself until it is closed.
  ///   - busyTimeout: how long to wait for another process's lock.
  ///   - warnings: called, once each, with what had to be passed over; from any thread.
  /// - Throws: `StoreError`, whose text says what to do; `.locked` when another daemon has the store.
  public static func open(
    own path: String, keyFile: String? = nil, access: OwnStoreAccess = .daemon,
    busyTimeout: Duration = defaultBusyTimeout, warnings: @escaping @Sendable (StoreWarning) -> Void = { _ in }
  ) async throws(StoreError) -> SQLiteFleetStore {
    try await opening { () throws(StoreError) in
      let location = StoreLocation.own(path, keyFile: keyFile, busyTimeout: busyTimeout)
      let lock = try OwnStoreSetUp(location: location, access: access).run()
      let store = try location.open()
      if access == .daemon { store.dropLeftoverClaims() }
      return SQLiteFleetStore(store, lock: lock, allowsUntestedSchema: false, warnings: WarningLog(warnings))
    }
  }

  /// Opens a codex-lb's store beside that codex-lb: nothing is created, migrated, re-keyed or locked.
  ///
  /// - Parameters:
  ///   - path: codex-lb's data directory, or the database file in it.
  ///   - keyFile: the key file, when it is not `encryption.key` beside the database.
  ///   - allowsUntestedSchema: whether usage may be written to a schema that was not tested.
  ///   - busyTimeout: how long to wait for another process's lock.
  ///   - warnings: called, once each, with what had to be passed over; from any thread.
  /// - Throws: `StoreError`, whose text says what to do; `.unsupportedSchema` when even reading is impossible. A schema
  ///   that can only be read is no error here, but one of `openSession()`.
  public static func open(
    codexLB path: String, keyFile: String? = nil, allowsUntestedSchema: Bool = false,
    busyTimeout: Duration = defaultBusyTimeout, warnings: @escaping @Sendable (StoreWarning) -> Void = { _ in }
  ) async throws(StoreError) -> SQLiteFleetStore {
    try await opening { () throws(StoreError) in
      let location = try StoreLocation.codexLB(path, keyFile: keyFile, busyTimeout: busyTimeout)
      return SQLiteFleetStore(
        try location.open(), lock: nil, allowsUntestedSchema: allowsUntestedSchema, warnings: WarningLog(warnings))
    }
  }

  /// Runs `work`, which blocks, off the cooperative pool.
  private static func opening(
    _ work: @escaping @Sendable () throws(StoreError) -> SQLiteFleetStore
  ) async throws(StoreError) -> SQLiteFleetStore {
    let result: Result<SQLiteFleetStore, StoreError> = await withCheckedContinuation { continuation in
      DispatchQueue(label: "fleet.opening").async {
        continuation.resume(returning: Result(catching: work))
      }
    }
    return try result.get()
  }
}
