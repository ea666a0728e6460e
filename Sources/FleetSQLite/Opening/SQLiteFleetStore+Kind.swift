public import Fleet

extension SQLiteFleetStore {
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
