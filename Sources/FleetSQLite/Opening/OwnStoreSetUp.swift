internal import Fleet
internal import GRDB

/// Makes an own store, or brings it to the current schema.
struct OwnStoreSetUp {
  /// Where the store is or will be.
  let location: StoreLocation
  /// Who opens it.
  let access: OwnStoreAccess

  /// Makes sure that the store exists and is current.
  ///
  /// - Returns: the lock to hold while it is in use; nil for an administrator, who works beside the daemon.
  func run() throws(StoreError) -> StoreLock? {
    try FileContents.createDirectory(FileContents.directory(of: location.path))
    let lock: StoreLock? = access == .daemon ? try .acquire(forStoreAt: location.path) : nil
    if try FileStatus(path: location.path) == nil {
      try withLock(lock) { () throws(StoreError) in try create() }
    } else {
      let inspection = try StoreInspection(path: location.path, busyTimeout: location.busyTimeout)
      if inspection.kind == .own, inspection.needsMigration {
        try withLock(lock) { () throws(StoreError) in try migrate(location.path, fingerprint: nil) }
      }
    }
    return lock
  }

  /// Runs `body` under the held lock, or under one that is taken for it: nobody else may use the store meanwhile.
  private func withLock(_ held: StoreLock?, _ body: () throws(StoreError) -> Void) throws(StoreError) {
    if held != nil { return try body() }
    let lock = try StoreLock.acquire(forStoreAt: location.path)
    defer { withExtendedLifetime(lock) {} }
    try body()
  }

  /// Makes the key, then the database under another name, so that a store either exists whole or not at all.
  private func create() throws(StoreError) {
    try requireNoLeftovers()
    let key: EncryptionKey
    if try FileStatus(path: location.keyPath) == nil {
      key = try .create(file: location.keyPath)
    } else {
      key = try EncryptionKey(file: location.keyPath, audience: .ownerOnly)
    }
    let draft = location.path + ".new"
    for suffix in ["", "-wal", "-shm", "-journal"] { try FileContents.remove(draft + suffix) }
    // SQLite gives the files that it makes beside the database the database's own permissions.
    try FileContents.create(draft, containing: [])
    try migrate(draft, fingerprint: key.fingerprint)
    try FileContents.move(draft, to: location.path)
  }

  /// SQLite would take what lies beside a vanished database for the new one's last changes.
  private func requireNoLeftovers() throws(StoreError) {
    for suffix in ["-wal", "-shm", "-journal"] where try FileStatus(path: location.path + suffix) != nil {
      throw StoreError(
        .missing,
        "The store \(location.path) is gone, but \(location.path)\(suffix) is still there. Put the store back, or move "
          + "what is left of it away to begin a new one.")
    }
  }

  private func migrate(_ path: String, fingerprint: String?) throws(StoreError) {
    var configuration = Configuration()
    configuration.busyMode = .timeout(location.busyTimeout.seconds)
    configuration.journalMode = .wal
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA synchronous = FULL")
      }
      try OwnSchema.migrator.migrate(queue)
      if let fingerprint {
        try queue.write { db in
          try db.execute(
            sql: "INSERT INTO runtime_sentinels (name, value, created_at) VALUES (?, ?, \(DatabaseClock.now))",
            arguments: [OwnSchema.fingerprintSentinel, fingerprint])
        }
        // The file is moved without what lies beside it. Closing would do this, too, but says nothing when it cannot.
        try queue.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
      }
      try queue.close()
    } catch {
      throw StoreError(error, path: path)
    }
  }
}
