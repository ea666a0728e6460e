internal import Fleet

/// The address under which SQLite looks into a file without making or changing anything beside it.
///
/// Of a database in journal mode WAL even a read-only connection makes the files `-wal` and `-shm`, or puts an outdated
/// `-shm` right.
enum TracelessAddress {
  /// Finds the address; nil where an ordinary look leaves no trace, or where only an ordinary one sees all there is.
  ///
  /// - Parameter header: the beginning of the file.
  static func find(_ path: String, header: [UInt8]) throws(StoreError) -> String? {
    guard header.count > readVersion, header[readVersion] == walMode else { return nil }
    // What is not in `-wal` is in the file itself.
    if try FileStatus(path: path + "-wal")?.size ?? 0 == 0 { return address(path, "immutable=1") }
    return try FileStatus(path: path + "-shm") == nil ? nil : address(path, "readonly_shm=1")
  }

  /// How much of the file's beginning has to be known.
  static let headerLength = readVersion + 1
  private static let readVersion = 19
  private static let walMode: UInt8 = 2

  private static func address(_ path: String, _ option: String) -> String {
    let escaped = path.map { character in
      switch character {
      case "%": "%25"
      case "?": "%3f"
      case "#": "%23"
      default: String(character)
      }
    }
    return "file:" + escaped.joined() + "?mode=ro&" + option
  }
}
