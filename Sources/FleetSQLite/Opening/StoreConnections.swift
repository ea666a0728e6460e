internal import Dispatch
internal import Fleet
internal import GRDB
internal import NIOConcurrencyHelpers

/// The way to the database: short transactions, off the cooperative pool, on whatever file has the store's name now.
///
/// Work runs to its end even when the calling task is cancelled: an interrupted transaction would look like trouble
/// with the store, and a write that holds tokens must not be lost to a caller that went away.
final class StoreConnections: Sendable {
  private enum State {
    case open(OpenedStore)
    case closed
  }

  private let state: NIOLockedValueBox<State>
  private let path: String
  private let transactionTimeBox = NIOLockedValueBox(Duration.zero)
  private let committed = NIOLockedValueBox<@Sendable () -> Void>({})
  private let follower = NIOLockedValueBox<(any CommitFollower)?>(nil)
  private let watching = DispatchQueue(label: "fleet.watch")
  // Writes and openings take their turn here, where they may block.
  private let turns = StoreTurns()

  /// Takes over an opened store.
  init(_ store: OpenedStore) {
    state = NIOLockedValueBox(.open(store))
    path = store.location.path
  }

  /// Calls `handler` after every commit of a write.
  func onCommit(_ handler: @escaping @Sendable () -> Void) { committed.withLockedValue { $0 = handler } }

  /// Has `follower` follow every write, until the store is closed.
  func follow(with follower: any CommitFollower) { self.follower.withLockedValue { $0 = follower } }

  /// Which state the store is in, if that can be told without a look into the database: neither waits nor blocks.
  func knownVersion() -> StoreVersion? {
    // Another file has the name, or none: that the next read finds out.
    guard let store = try? current(), (try? store.isCurrent()) == true else { return nil }
    return store.version
  }

  /// Which state the store is in; nil when it cannot be read now.
  func version() async -> StoreVersion? {
    if let version = knownVersion() { return version }
    return await withCheckedContinuation { continuation in
      watching.async { [self] in
        // Another file has the name, or none: that the next read finds out.
        guard let store = try? current(), (try? store.isCurrent()) == true,
          let number = (try? store.watcher().read { try $0.dataVersion() }) ?? nil
        else { return continuation.resume(returning: nil) }
        continuation.resume(returning: StoreVersion(identity: store.identity, state: .number(number)))
      }
    }
  }

  /// Runs `body` in a read transaction.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database, OpenedStore) throws -> Value
  ) async throws(StoreError) -> Value {
    if let value = try await readUnlessReplaced(current(), body) { return value }
    // The file under the store's name is another one than before: open that.
    let replacement = try await onTurn { try self.currentOrReopened() }
    guard let value = try await readUnlessReplaced(replacement, body) else {
      throw StoreError(.busy, "The store \(path) was replaced once more while it was opened. Try again.")
    }
    return value
  }

  /// Runs `body` in an immediate write transaction that is committed unless it throws.
  ///
  /// - Parameter change: what it may change of what the remembered state holds.
  func write<Value: Sendable>(
    _ durability: Durability, changing change: StateChange, urgency: StoreTurns.Urgency = .usual,
    _ body: @escaping @Sendable (Database, OpenedStore) throws -> Value
  ) async throws(StoreError) -> Value {
    let value = try await onTurn(urgency) {
      let store = try self.currentOrReopened()
      let writer = try store.writer()
      return try Self.forgettingDamage(of: writer) {
        try self.timed { try self.transact(durability, change, on: writer, of: store, body) }
      }
    }
    committed.withLockedValue { $0 }()
    return value
  }

  /// A write transaction, followed by whoever knows the state.
  private func transact<Value>(
    _ durability: Durability, _ change: StateChange, on writer: DatabaseQueue, of store: OpenedStore,
    _ body: (Database, OpenedStore) throws -> Value
  ) throws -> Value {
    try writer.writeWithoutTransaction { db in
      // SQLite keeps this setting for the connection and ignores it within a transaction, so it is set before each.
      try db.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
      let follower = follower.withLockedValue { $0 }
      var value: Value?
      var step: StateStep?
      // A transaction that writes no page makes no state of its own: the next one is somebody else's.
      let written = db.pagesWritten
      var isCommitted = false
      defer {
        let hasMadeState = isCommitted && db.pagesWritten != written
        if let step { follower?.ended(step, at: hasMadeState ? store.version : nil) }
      }
      try db.inTransaction(.immediate) {
        // From here on nobody else can commit.
        let start = store.version
        value = try body(db, store)
        step = start.flatMap { follower?.step(from: $0, over: change, db) }
        return .commit
      }
      isCommitted = true
      guard let value else { throw DatabaseError(resultCode: .SQLITE_INTERNAL) }
      return value
    }
  }

  /// How long transactions have run so far, on all connections together.
  var transactionTime: Duration { transactionTimeBox.withLockedValue { $0 } }

  private func timed<Value>(_ work: () throws -> Value) rethrows -> Value {
    let begun = ContinuousClock.now
    defer { transactionTimeBox.withLockedValue { $0 += ContinuousClock.now - begun } }
    return try work()
  }

  /// Closes the connections; work asked for later throws `.sessionClosed`.
  func close() async {
    let previous = state.withLockedValue { state in
      defer { state = .closed }
      return state
    }
    follower.withLockedValue { $0 = nil }
    guard case .open(let store) = previous else { return }
    // What cannot be closed is closed by the end of the process; the data is safe either way.
    _ = await turns.result(.usual) { try store.close() }
  }

  /// The opened store, whether or not another file has taken its name since.
  func current() throws(StoreError) -> OpenedStore {
    switch state.withLockedValue({ $0 }) {
    case .open(let store): return store
    case .closed: throw StoreError(.sessionClosed, "The store \(path) was closed.")
    }
  }

  /// The opened store, opened anew if another file has taken its name. Only in its turn.
  private func currentOrReopened() throws(StoreError) -> OpenedStore {
    let store = try current()
    if try store.isCurrent() { return store }
    let replacement = try store.location.open()
    state.withLockedValue { state in
      if case .open = state { state = .open(replacement) }
    }
    return replacement
  }

  /// What `body` returns, nil when the file under the store's name is no longer the opened one.
  private func readUnlessReplaced<Value: Sendable>(
    _ store: OpenedStore, _ body: @escaping @Sendable (Database, OpenedStore) throws -> Value
  ) async throws(StoreError) -> Value? {
    let path = path
    let result: Result<Value?, StoreError> = await withCheckedContinuation { continuation in
      store.readers.asyncRead { connection in
        let result = Result { () throws -> Value? in
          guard try store.isCurrent() else { return nil }
          return try self.timed { try body(connection.get(), store) }
        }
        continuation.resume(returning: result.mapError { StoreError($0, path: path) })
      }
    }
    // Pages that were found damaged are not to be remembered: the file may be put right in place.
    if case .failure(let error) = result, error.code == .corrupt { store.readers.releaseMemoryEventually() }
    return try result.get()
  }

  /// Has the writing connection forget the pages that it has read when some of them turn out to be damaged.
  private static func forgettingDamage<Value>(of writer: DatabaseQueue, _ work: () throws -> Value) throws -> Value {
    do {
      return try work()
    } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
      writer.releaseMemory()
      throw error
    }
  }

  private func onTurn<Value: Sendable>(
    _ urgency: StoreTurns.Urgency = .usual, _ work: @escaping @Sendable () throws -> Value
  ) async throws(StoreError) -> Value {
    try await turns.result(urgency, work).mapError { StoreError($0, path: path) }.get()
  }
}

extension Database {
  fileprivate func dataVersion() throws -> Int64? { try Int64.fetchOne(self, sql: "PRAGMA data_version") }
}
