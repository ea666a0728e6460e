internal import GRDB
internal import GRDBSQLite
internal import NIOConcurrencyHelpers

/// SQLite's own note of which state a database in WAL mode is in, read without asking SQLite.
///
/// The note is the beginning of the WAL-index, which lies in memory that all processes share that have the database open:
/// every commit changes it before it returns to whoever committed. Its layout is part of SQLite's documented file format
/// (the WAL-index header: version, change counter, number of frames, salts, checksums; 48 bytes, kept twice). Where it
/// lies is told by SQLite's own file object. Reading it neither locks, waits nor blocks.
final class StateNote: Sendable {
  /// The note as it was at some moment. Two that are equal stand for one state of the database.
  struct Mark: Hashable, Sendable {
    /// The 48 bytes.
    fileprivate let words: [6 of UInt64]

    static func == (left: Mark, right: Mark) -> Bool {
      left.words.indices.allSatisfy { left.words[$0] == right.words[$0] }
    }

    /// Whether exactly one commit lies between two marks: SQLite counts them.
    func directlyFollows(_ earlier: Mark) -> Bool { commits == earlier.commits &+ 1 }

    /// The change counter is the third number of 32 bits, in the machine's byte order.
    private var commits: UInt32 {
      withUnsafeBytes(of: words[1]) { $0.loadUnaligned(as: UInt32.self) }
    }

    func hash(into hasher: inout Hasher) {
      for index in words.indices { hasher.combine(words[index]) }
    }
  }

  /// Where the note lies; nil once the connection is about to be closed, after which nothing lies there any more.
  private let address: NIOLockedValueBox<Address?>

  /// Where the WAL-index begins.
  ///
  /// `@unchecked`: the pointer never changes, and it is used in one place, `mark`, which only reads, word by word, from any
  /// thread. What lies there other processes change at any time; a note that is read half-changed equals none that is ever
  /// whole, which `mark` allows for. It stays mapped as long as the connection is open, and `forget` takes the pointer away
  /// under the lock that `mark` reads it under, before that is closed.
  private struct Address: @unchecked Sendable {
    let pointer: UnsafeRawPointer
  }

  /// The format of the note that is known here.
  private static let formatVersion: UInt32 = 3_007_000
  /// The size of the first part of the WAL-index.
  private static let partSize: Int32 = 32_768

  /// Finds the note through a connection, which has to stay open until `forget()`.
  ///
  /// Returns nil where there is none: the database is not in WAL mode, or SQLite keeps its notes in another way.
  init?(_ db: Database) throws {
    // Nobody can leave WAL mode as long as this connection is open and has read once.
    guard try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal" else { return nil }
    _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master")
    var file: UnsafeMutablePointer<sqlite3_file>?
    guard
      sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK,
      let file, let methods = file.pointee.pMethods, methods.pointee.iVersion >= 2, let map = methods.pointee.xShmMap
    else { return nil }
    var start: UnsafeMutableRawPointer?
    let result = map(file, 0, Self.partSize, 0, &start)
    guard result == SQLITE_OK || result == SQLITE_READONLY, let start,
      start.load(as: UInt32.self) == Self.formatVersion
    else { return nil }
    address = NIOLockedValueBox(Address(pointer: UnsafeRawPointer(start)))
  }

  /// The note as it is now; nil after `forget()`.
  ///
  /// While somebody is just writing it, it is a mark that never comes again, which is as good as any other one: that
  /// commit has not been acknowledged yet.
  var mark: Mark? {
    address.withLockedValue { address in
      guard let pointer = address?.pointer else { return nil }
      return Mark(words: .init { pointer.load(fromByteOffset: $0 * 8, as: UInt64.self) })
    }
  }

  /// Never looks at the note again. The connection may then be closed.
  func forget() { address.withLockedValue { $0 = nil } }
}
