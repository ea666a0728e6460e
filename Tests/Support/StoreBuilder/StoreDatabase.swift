internal import GRDB

/// A store's database file as a test looks at it, past the code under test.
public protocol StoreDatabase: Sendable {
  /// The database file.
  var path: String { get }
}

extension StoreDatabase {
  /// Runs SQL statements and has them committed.
  public func execute(_ sql: String) throws {
    try connect { db in try db.execute(sql: sql) }
  }

  /// The rows of a query, each value as text; null is nil.
  public func rows(_ sql: String) throws -> [[String?]] {
    try connect { db in
      try Row.fetchAll(db, sql: sql).map { row in
        row.databaseValues.map { value in value.isNull ? nil : String.fromDatabaseValue(value) ?? "\(value)" }
      }
    }
  }

  /// The one value of a query as text.
  public func value(_ sql: String) throws -> String? { try rows(sql).first?.first ?? nil }

  func connect<Value>(_ body: (Database) throws -> Value) throws -> Value {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.acceptsDoubleQuotedStringLiterals = true
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? queue.close() }
    return try queue.inDatabase(body)
  }
}

/// A connection that holds a store's write lock until it is told to let go, as another program might.
public final class StoreWriteLock: Sendable {
  private let queue: DatabaseQueue

  /// Takes the write lock.
  public init(_ store: some StoreDatabase) throws {
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    queue = try DatabaseQueue(path: store.path, configuration: configuration)
    try queue.inDatabase { db in try db.execute(sql: "BEGIN IMMEDIATE") }
  }

  /// Lets go.
  public func release() throws {
    try queue.inDatabase { db in try db.execute(sql: "ROLLBACK") }
    try queue.close()
  }
}
