public import Fleet
internal import GRDB
internal import NIOConcurrencyHelpers

/// Accounts, keys and usage in an SQLite file: this program's own, or a codex-lb's that runs beside it.
///
/// Every call looks at the file that has the store's name at that moment: when it went away, calls throw, and when it
/// came back or was replaced, they go on with what is there. Cancelling the calling task does not interrupt a call.
public final class SQLiteFleetStore: FleetStore {
  /// The database file.
  public let path: String
  /// Whose store it is.
  public let kind: StoreKind

  let connections: StoreConnections
  let warnings: WarningLog
  private let schemaGate: SchemaGate
  private let sessions = SessionCounter()
  private let lock: NIOLockedValueBox<StoreLock?>
  private let watch: ChangeWatch
  private let memory: StateMemory

  init(_ store: OpenedStore, lock: StoreLock?, allowsUntestedSchema: Bool, warnings: WarningLog) {
    path = store.location.path
    kind = store.location.kind
    connections = StoreConnections(store)
    schemaGate = SchemaGate(allowsUntestedSchema: allowsUntestedSchema)
    self.lock = NIOLockedValueBox(lock)
    self.warnings = warnings
    memory = StateMemory(connections, warnings)
    watch = ChangeWatch { [connections] in await connections.version() }
    connections.onCommit { [watch] in watch.committed() }
    connections.follow(with: memory)
  }

  /// Yields after something was committed, at once for own commits and within a second for those of other processes.
  public func changes() -> AsyncStream<Void> { watch.changes() }

  /// The key whose text has that digest. Whatever cannot be understood about it narrows what it may do.
  public func apiKey(digest: APIKeyDigest) async throws(StoreError) -> APIKey? {
    let warnings = warnings
    return try await connections.read { db, _ in try APIKeyQuery(db, warnings).key(digest) }
  }

  /// All accounts with their latest rows: remembered until something is committed, by whomever, and then read again at
  /// the price of one index probe per account and window.
  ///
  /// An account whose status is an unknown word is left out, with a warning.
  public func state() async throws(StoreError) -> FleetState { try await memory.state() }

  /// The same, if it is remembered.
  public func knownState() -> FleetState? { memory.knownState() }

  /// Opens a session, which holds no connection between two calls.
  ///
  /// - Throws: `.unsupportedSchema`, in a codex-lb store, naming the missing column or the revision that was not
  ///   tested.
  public func openSession() async throws(StoreError) -> any BackgroundSession {
    let gate = schemaGate
    if kind == .codexLB {
      try await connections.read { db, store in try gate.requireWritable(db, path: store.location.path) }
    }
    return SQLiteBackgroundSession(connections, warnings: warnings, counter: sessions)
  }

  /// Makes sure that the store may be written, and writes nothing.
  public func requireWritable() async throws(StoreError) {
    try await connections.write(.usage, changing: .nothing) { db, _ in
      // A file that may only be read lets a transaction for writing begin, and refuses the first statement that writes.
      try db.execute(sql: "DELETE FROM accounts WHERE FALSE")
    }
  }

  /// How many sessions were opened so far, and how many are open.
  public var sessionCounts: SessionCounts { sessions.counts }

  /// How often something in the store was passed over since it was opened, repetitions included.
  public var warningCount: Int { warnings.count }

  /// How long transactions have run since it was opened, on all connections together.
  public var transactionTime: Duration { connections.transactionTime }

  /// Closes the store, after the work it is at; calls made later throw. Another daemon may then have it.
  public func close() async {
    watch.close()
    await connections.close()
    lock.withLockedValue { $0 = nil }
  }
}
