internal import Fleet
internal import GRDB

/// Compares what a schema has with what is needed.
enum SchemaCheck {
  /// The first missing `table.column`, or table when it is missing whole; nil when all are there.
  static func firstMissing(of tables: [NeededColumns.Table], _ db: Database) throws -> String? {
    for table in tables {
      let columns = try columns(of: table.name, db)
      guard !columns.isEmpty else { return table.name }
      if let missing = table.columns.first(where: { !columns.contains($0) }) { return table.name + "." + missing }
    }
    return nil
  }

  /// The names of a table's columns, empty when there is no such table.
  static func columns(of table: String, _ db: Database) throws -> Set<String> {
    try Set(String.fetchAll(db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table]))
  }

  /// The error for a missing table or column.
  static func error(_ missing: String, path: String) -> StoreError {
    StoreError(
      .unsupportedSchema,
      "The store \(path) lacks \(missing). Run a codex-lb and a version of this program that fit each other.")
  }
}
