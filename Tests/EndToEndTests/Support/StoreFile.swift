import GRDB

/// Databases that are no stores.
enum StoreFile {
  /// Makes somebody else's database.
  static func makeForeign(at path: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: "CREATE TABLE recipes (name TEXT)") }
    try queue.close()
  }
}
