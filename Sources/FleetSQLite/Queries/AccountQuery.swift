internal import Fleet
internal import GRDB
internal import JSON

/// Reads accounts with the latest row of each window.
struct AccountQuery {
  private let db: Database
  private let warnings: WarningLog

  /// Asks through a connection.
  init(_ db: Database, _ warnings: WarningLog) {
    self.db = db
    self.warnings = warnings
  }

  /// Every account of a scope that is not about to be deleted, ordered by e-mail address, then identifier.
  func records(in scope: AccountScope) throws -> [AccountRecord] {
    let statement = try db.cachedStatement(sql: Self.sql(scope))
    var records: [AccountRecord] = []
    let rows = try Row.fetchCursor(statement, arguments: Self.arguments(scope))
    while try rows.next() != nil {
      if let record = record(RowColumns(statement)) { records.append(record) }
    }
    return records
  }

  /// One account with its latest rows; nil when it is not there, or about to be deleted.
  func record(of id: AccountID) throws -> AccountRecord? {
    let statement = try db.cachedStatement(sql: Self.singleSQL)
    let rows = try Row.fetchCursor(statement, arguments: [id.rawValue])
    return try rows.next().flatMap { _ in record(RowColumns(statement)) }
  }

  /// The statement for a scope: one row per account, and for each window one probe of the index that ends in the
  /// order asked for, so that its first entry is the latest row.
  static func sql(_ scope: AccountScope) -> String {
    switch scope {
    case .all: allSQL
    case .only: listedSQL
    }
  }

  private static let allSQL = sql(filter: "")
  private static let listedSQL = sql(filter: "AND a.id IN (SELECT value FROM json_each(?))")
  private static let singleSQL = sql(filter: "AND a.id = ?")

  private static func sql(filter: String) -> String {
    let samples = UsageWindow.allCases.map { window in
      let name = window.rawValue
      return """
        LEFT JOIN usage_history AS \(name)_row ON \(name)_row.id = (
          SELECT u.id FROM usage_history AS u
          WHERE coalesce(u.window, 'primary') = '\(name)' AND u.account_id = a.id
          ORDER BY u.recorded_at DESC, u.id DESC LIMIT 1)
        """
    }
    let sampleColumns = UsageWindow.allCases.flatMap { window in
      UsageSample.columns.map { "\(window.rawValue)_row.\($0)" }
    }
    return """
      SELECT \((Account.columns.map { "a.\($0)" } + sampleColumns).joined(separator: ", "))
      FROM accounts AS a
      \(samples.joined(separator: "\n"))
      WHERE a.delete_requested_at IS NULL \(filter)
      ORDER BY a.email, a.id
      """
  }

  private static func arguments(_ scope: AccountScope) -> StatementArguments {
    guard case .only(let ids) = scope else { return [] }
    // One argument however many identifiers there are. SQLite ends a text at U+0000, which no stored identifier holds.
    let texts = ids.map(\.rawValue).filter { !$0.utf8.contains(0) }
    return [String(decoding: JSONValue.array(texts.map { .string($0) }).serialized(), as: UTF8.self)]
  }

  private func record(_ columns: RowColumns) -> AccountRecord? {
    guard let id = columns.text(0).map({ AccountID($0) }) else {
      warnings.note(.rowWithoutIdentifier(table: "accounts"))
      return nil
    }
    guard let account = Account(id, columns) else {
      warnings.note(.accountLeftOut(id))
      return nil
    }
    var latest = LatestUsage()
    latest.primary = sample(.primary, of: id, columns)
    latest.secondary = sample(.secondary, of: id, columns)
    latest.monthly = sample(.monthly, of: id, columns)
    return AccountRecord(account: account, latest: latest)
  }

  private func sample(_ window: UsageWindow, of id: AccountID, _ columns: RowColumns) -> UsageSample? {
    let place = UsageWindow.allCases.firstIndex(of: window) ?? 0
    let columns = columns.dropFirst(Account.columns.count + place * UsageSample.columns.count)
    // The row's own identifier is null only where there is no row.
    guard !columns.isNull(0) else { return nil }
    let sample = UsageSample(columns)
    if sample == nil { warnings.note(.usageRowIgnored(id, window)) }
    return sample
  }
}
