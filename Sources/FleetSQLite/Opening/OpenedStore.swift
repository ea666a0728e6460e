internal import Fleet
internal import GRDB
internal import Glibc
internal import NIOConcurrencyHelpers

/// One opened database file with its key.
///
/// Reading connections are read-only. The writing one is opened when something is first written: a store that is only
/// looked at is never touched, and a codex-lb's is not even put into another journal mode.
final class OpenedStore: Sendable {
  /// Where it was opened.
  let location: StoreLocation
  /// The file, whatever name it has by now.
  let identity: FileStatus.Identity
  /// The key its tokens are encrypted with.
  let key: EncryptionKey
  /// The reading connections.
  let readers: DatabasePool
  /// Where SQLite notes the database's state; nil where it does not, which costs reading everything every time.
  let note: StateNote?
  private let openWriter = NIOLockedValueBox<DatabaseQueue?>(nil)
  private let openWatcher = NIOLockedValueBox((queue: DatabaseQueue?.none, isClosed: false))

  /// Opens the reading connections and checks that what they read is there.
  init(_ location: StoreLocation, key: EncryptionKey) throws(StoreError) {
    self.location = location
    self.key = key
    identity = try Self.identity(at: location.path)
    do {
      readers = try DatabasePool(path: location.path, configuration: Self.configuration(location, readonly: true))
      let missing = try readers.read { db in try SchemaCheck.firstMissing(of: NeededColumns.reading, db) }
      if let missing { throw SchemaCheck.error(missing, path: location.path) }
      note = try readers.writeWithoutTransaction { db in try StateNote(db) }
    } catch {
      throw StoreError(error, path: location.path)
    }
  }

  deinit { note?.forget() }

  /// Whether the file under the store's name is still the opened one.
  ///
  /// - Throws: `.missing` when there is none.
  func isCurrent() throws(StoreError) -> Bool { try Self.identity(at: location.path) == identity }

  /// Which state it is in, if SQLite notes it where it can be read without blocking.
  var version: StoreVersion? { note?.mark.map { StoreVersion(identity: identity, state: .note($0)) } }

  /// The writing connection. Blocks while it is opened; used from one thread at a time.
  func writer() throws -> DatabaseQueue {
    if let writer = openWriter.withLockedValue({ $0 }) { return writer }
    let writer = try DatabaseQueue(
      path: location.path, configuration: Self.configuration(location, readonly: false))
    // A file that may not be written SQLite opens for reading all the same. It may be writable later.
    if access(location.path, W_OK) == 0 { openWriter.withLockedValue { $0 = writer } }
    return writer
  }

  /// A connection that nothing but the store's version is asked of: the numbers of two connections cannot be compared.
  /// Blocks while it is opened; used from one thread at a time.
  func watcher() throws -> DatabaseQueue {
    try openWatcher.withLockedValue { watcher in
      if let queue = watcher.queue { return queue }
      guard !watcher.isClosed else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
      let queue = try DatabaseQueue(
        path: location.path, configuration: Self.configuration(location, readonly: true))
      watcher.queue = queue
      return queue
    }
  }

  /// Takes the claims away that daemons before have left, when no other can be alive: they would keep logins from being
  /// renewed until they run out, which after a clock was set back may be never. A store that cannot be written keeps
  /// them. Blocks.
  func dropLeftoverClaims() {
    guard (try? readers.read({ db in try RefreshClaims(db).exist() })) ?? false else { return }
    try? writer().write { db in try RefreshClaims(db).drop() }
  }

  /// Closes all connections, after the work they are at.
  ///
  /// The writing one goes last: SQLite then moves everything into the database file, if nobody else has it open. An own
  /// store gets one for that purpose if need be, so that the file alone is the whole store.
  func close() throws {
    let writer = location.kind == .own ? try? self.writer() : openWriter.withLockedValue { $0 }
    let watcher = openWatcher.withLockedValue { watcher in
      watcher.isClosed = true
      return watcher.queue
    }
    note?.forget()
    try watcher?.close()
    try readers.close()
    try writer?.close()
  }

  private static func identity(at path: String) throws(StoreError) -> FileStatus.Identity {
    guard let status = try FileStatus(path: path) else {
      throw StoreError(.missing, "The store \(path) is gone. Put it back; it is then used again by itself.")
    }
    return status.identity
  }

  private static func configuration(_ location: StoreLocation, readonly: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = readonly
    configuration.busyMode = .timeout(location.busyTimeout.seconds)
    // GRDB has a time of its own for pooled readers, which this replaces.
    let milliseconds = Int64(location.busyTimeout.seconds * 1_000)
    configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA busy_timeout = \(milliseconds)") }
    configuration.foreignKeysEnabled = true
    configuration.label = readonly ? "fleet.read" : "fleet.write"
    return configuration
  }
}
