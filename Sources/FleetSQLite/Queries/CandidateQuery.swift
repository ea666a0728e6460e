internal import Fleet
internal import GRDB

/// Reads accounts as a refresh looks at them.
struct CandidateQuery {
  private let db: Database
  private let key: EncryptionKey
  private let warnings: WarningLog

  /// Asks through a connection, decrypting with a key.
  init(_ db: Database, key: EncryptionKey, _ warnings: WarningLog) {
    self.db = db
    self.key = key
    self.warnings = warnings
  }

  /// The candidates of a scope, ordered by e-mail address, then identifier.
  func candidates(in scope: AccountScope) throws -> [RefreshCandidate] {
    var routes = RouteQuery(db, key: key, warnings)
    return try AccountQuery(db, warnings).records(in: scope).map { record in
      let id = record.account.id
      return RefreshCandidate(
        account: record.account, latest: record.latest, additionalRecordedAt: try newestAdditionalRow(of: id),
        route: try routes.route(of: id), deactivationReason: try deactivationReason(of: id))
    }
  }

  private func deactivationReason(of id: AccountID) throws -> String? {
    let statement = try db.cachedStatement(sql: "SELECT deactivation_reason FROM accounts WHERE id = ?")
    return try DatabaseValue.fetchOne(statement, arguments: [id.rawValue])?.text
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
