internal import Fleet
internal import GRDB

extension StoreError {
  /// The error for whatever a piece of database work threw.
  ///
  /// SQLite's own text is used only where it names a table or a column; it never reaches people otherwise, because it
  /// might carry stored values.
  init(_ error: any Error, path: String) {
    if let error = error as? StoreError {
      self = error
    } else if let error = error as? DatabaseError {
      self.init(error, path: path)
    } else {
      self.init(.inputOutput, "The store \(path) could not be used: \(type(of: error)).")
    }
  }

  private init(_ error: DatabaseError, path: String) {
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(
        .busy,
        "Another process keeps the store \(path) locked. Try again; if it lasts, end the program that holds a "
          + "transaction open on it.")
    // The memory that readers and writers share is a file beside the store, which a full disk keeps from growing.
    case .SQLITE_FULL,
      .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE:
      self.init(.full, "There is no space left for the store \(path). Free some; nothing else is needed.")
    case .SQLITE_READONLY where error.extendedResultCode == .SQLITE_READONLY_DBMOVED:
      self.init(.missing, "The store \(path) was moved or deleted while it was open. Put it back.")
    case .SQLITE_READONLY:
      self.init(
        .readOnly, "The store \(path) may not be written. Let this user write the file and the directory it lies in.")
    case .SQLITE_CANTOPEN:
      self.init(
        .readOnly,
        "The store \(path) cannot be opened, or its -wal and -shm files cannot be made. Let this user write the "
          + "directory it lies in; where too many files are open, allow more (ulimit -n).")
    case .SQLITE_PERM, .SQLITE_AUTH:
      self.init(.permission, "The store \(path) may not be used. Give this user access to it.")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      self.init(
        .corrupt, "The store \(path), or the disk that it lies on, is damaged. Put it back from a backup.")
    case .SQLITE_IOERR:
      self.init(
        .inputOutput,
        "The disk that holds the store \(path) cannot be read or written (SQLite's result code "
          + "\(error.extendedResultCode.rawValue)). Look for free space, and into the system's log.")
    case .SQLITE_CONSTRAINT:
      self.init(.invalidValue, "The store \(path) does not accept the values given.")
    case .SQLITE_ERROR:
      self.init(unknownName: error.message, path: path)
    default:
      self.init(
        .inputOutput, "The store \(path) could not be used: SQLite's result code \(error.extendedResultCode.rawValue).")
    }
  }

  /// The error for a statement that SQLite did not understand: a table or column that another version has or lacks.
  private init(unknownName message: String?, path: String) {
    let known = ["no such table: ": "table", "no such column: ": "column"]
    for (prefix, kind) in known {
      guard let message, message.hasPrefix(prefix) else { continue }
      let name = message.dropFirst(prefix.count)
      self.init(
        .unsupportedSchema,
        "The store \(path) lacks the \(kind) \(name). It was written by a version that this program does not know.")
      return
    }
    self.init(
      .unsupportedSchema, "The store \(path) does not understand a statement. Its schema is not one this program knows."
    )
  }
}
