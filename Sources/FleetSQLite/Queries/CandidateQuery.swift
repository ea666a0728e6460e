internal import Fleet
internal import GRDB

/// Reads accounts as a refresh looks at them.
struct CandidateQuery {
  private let db: Database
  private let warnings: WarningLog

  /// Asks through a connection.
  init(_ db: Database, _ warnings: WarningLog) {
    self.db = db
    self.warnings = warnings
  }

  /// The candidates of a scope, ordered by e-mail address, then identifier.
  func candidates(in scope: AccountScope) throws -> [RefreshCandidate] {
    let routesThroughProxy = try SettingsQuery(db).routesThroughProxy()
    return try AccountQuery(db, warnings).records(in: scope).map { record in
      let isBound = try routesThroughProxy || isBoundToProxy(record.account.id)
      return RefreshCandidate(
        account: record.account, latest: record.latest,
        additionalRecordedAt: try newestAdditionalRow(of: record.account.id), route: isBound ? .unavailable : .direct)
    }
  }

  private func isBoundToProxy(_ id: AccountID) throws -> Bool {
    // Anything but a plain 0 counts as active: a bound account must not connect directly by mistake.
    let statement = try db.cachedStatement(
      sql: "SELECT 1 FROM account_proxy_bindings WHERE account_id = ? AND is_active IS NOT 0 LIMIT 1")
    return try DatabaseValue.fetchOne(statement, arguments: [id.rawValue]) != nil
  }

  /// When the account's newest additional row was taken.
  ///
  /// The index is ordered by limit and window before time, so the newest row of each limit and window is probed for:
  /// they are few, while their rows are many.
  private func newestAdditionalRow(of id: AccountID) throws -> Timestamp? {
    let statement = try db.cachedStatement(sql: Self.nextLimitSQL)
    var newest: Timestamp?
    var limit = ("", "")
    while true {
      let arguments: StatementArguments = [id.rawValue, limit.0, limit.1]
      guard
        let values = try Row.fetchOne(statement, arguments: arguments).map({ Array($0.databaseValues) }),
        let quotaKey = values[0].text, let window = values[1].text
      else { return newest }
      limit = (quotaKey, window)
      guard let recordedAt = values[2].text.flatMap({ Timestamp(naiveUTC: $0) }) else { continue }
      newest = max(newest ?? recordedAt, recordedAt)
    }
  }

  /// The first limit and window of an account after a given one, with the time of its newest row.
  static let nextLimitSQL = """
    SELECT x.quota_key, x.window, (
      SELECT max(y.recorded_at) FROM additional_usage_history AS y
      WHERE y.account_id = x.account_id AND y.quota_key = x.quota_key AND y.window = x.window)
    FROM additional_usage_history AS x
    WHERE x.account_id = ? AND (x.quota_key, x.window) > (?, ?)
    ORDER BY x.quota_key, x.window LIMIT 1
    """
}
