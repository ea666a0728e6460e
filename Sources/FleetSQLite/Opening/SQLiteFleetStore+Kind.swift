public import Fleet

extension SQLiteFleetStore {
  /// The database file of an own store in a directory.
  public static let ownFileName = "fleet.db"

  /// The file that is meant by a path: an own store's, where the path is the directory of one, else the path itself.
  public static func file(ofStoreAt path: String) throws(StoreError) -> String {
    guard let status = try FileStatus(path: path), status.isDirectory else { return path }
    let directory = path.hasSuffix("/") ? path : path + "/"
    guard
      try FileStatus(path: directory + StoreLocation.codexLBFileName) == nil,
      try FileStatus(path: directory + ownFileName) != nil
    else { return path }
    return directory + ownFileName
  }

  /// The usual key file of a store that is, or is to be, at a path.
  public static func keyFile(ofStoreAt path: String) throws(StoreError) -> String {
    let file = try isDirectory(path) ? path + "/" + ownFileName : path
    return FileContents.sibling(of: file, named: StoreLocation.keyFileName)
  }

  /// Whether a path is a directory's.
  public static func isDirectory(_ path: String) throws(StoreError) -> Bool {
    try FileStatus(path: path)?.isDirectory ?? false
  }

  /// Finds out whose store lies at a path, without changing anything. Blocks for as long as reading its header takes.
  ///
  /// - Parameter path: a store's file, or a codex-lb data directory.
  /// - Returns: nil when there is nothing.
  /// - Throws: `.corrupt` when it is no store, `.unsupportedSchema` when a newer version wrote it.
  public static func kind(ofStoreAt path: String) throws(StoreError) -> StoreKind? {
    guard let status = try FileStatus(path: path) else { return nil }
    if status.isDirectory { return .codexLB }
    return try StoreInspection(path: path, busyTimeout: defaultBusyTimeout).kind
  }
}
