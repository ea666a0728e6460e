internal import Fleet
internal import Foundation

extension OwnStore {
  private static let released = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Released")

  /// The numbers of all schemas that were released, the oldest first.
  public static var releasedSchemas: [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: released.path)) ?? []
    return names.compactMap { Int($0.dropLast(".sql".count)) }.sorted()
  }

  /// Builds a store as the program left it that had this schema: an account `acct-1_8c2a47d3` with the login `access-1`,
  /// a sample of 25 percent, and the key `full`.
  public static func build(released schema: Int) throws -> OwnStore {
    let store = OwnStore(try TemporaryDirectory())
    let statements = try String(contentsOf: released.appendingPathComponent("\(schema).sql"), encoding: .utf8)
    for (path, contents) in [(store.path, Data()), (store.keyPath, Data(CodexLBStore.keyText.utf8))] {
      guard FileManager.default.createFile(atPath: path, contents: contents, attributes: [.posixPermissions: 0o600])
      else { throw CocoaError(.fileWriteUnknown) }
    }
    try store.execute("PRAGMA journal_mode = WAL")
    try store.execute(statements)
    return store
  }
}
