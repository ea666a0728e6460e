internal import Foundation
internal import GRDB

extension OwnStore {
  /// How a store was left.
  public enum Leaving: String, CaseIterable, Sendable {
    /// By a program that has closed it.
    case closed
    /// By one that only looked at it last.
    case looked
    /// By one that was killed: its last writes stand beside it.
    case killed
  }

  /// Builds a store that a newer version of the program has made, with the key `full`.
  public static func buildNewer(_ leaving: Leaving) async throws -> OwnStore {
    let change = "INSERT INTO grdb_migrations (identifier) VALUES ('999 from the future')"
    let store = try await OwnStore.build { StoredKey("full") }
    guard leaving == .killed else {
      try store.execute(change)
      if leaving == .looked {
        var configuration = Configuration()
        configuration.readonly = true
        let reader = try DatabaseQueue(path: store.path, configuration: configuration)
        _ = try await reader.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM api_keys") }
        try reader.close()
      }
      return store
    }
    let killed = OwnStore(try TemporaryDirectory())
    let writer = try DatabaseQueue(path: store.path)
    try await writer.write { try $0.execute(sql: change) }
    for (name, contents) in try store.directory.contents() {
      guard
        FileManager.default.createFile(
          atPath: killed.directory.file(name), contents: contents, attributes: [.posixPermissions: 0o600])
      else { throw CocoaError(.fileWriteUnknown) }
    }
    try writer.close()
    return killed
  }
}
