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
    return try AccountQuery(db, warnings).records(in: scope).map { try candidate($0, &routes) }
  }

  /// One candidate; nil when the account is not there, or about to be deleted.
  func candidate(_ id: AccountID) throws -> RefreshCandidate? {
    var routes = RouteQuery(db, key: key, warnings)
    return try AccountQuery(db, warnings).record(of: id).map { try candidate($0, &routes) }
  }

  private func candidate(_ record: AccountRecord, _ routes: inout RouteQuery) throws -> RefreshCandidate {
    let id = record.account.id
    return RefreshCandidate(
      account: record.account, latest: record.latest, additionalRecordedAt: try newestAdditionalRow(of: id),
      route: try routes.route(of: id), deactivationReason: try deactivationReason(of: id))
  }

  private func deactivationReason(of id: AccountID) throws -> String? {
    let statement = try db.cachedStatement(sql: "SELECT deactivation_reason FROM accounts WHERE id = ?")
    return try DatabaseValue.fetchOne(statement, arguments: [id.rawValue])?.text
  }

  /// When the account's newest additional row was taken.
  private func newestAdditionalRow(of id: AccountID) throws -> Timestamp? {
    let statement = try db.cachedStatement(sql: Self.newestAdditionalSQL)
    return try DatabaseValue.fetchOne(statement, arguments: [id.rawValue])?.text.flatMap { Timestamp(naiveUTC: $0) }
  }

  /// The time of an account's newest additional row.
  ///
  /// The index is ordered by limit and window before time, so the query steps from one limit and window to the next and
  /// probes for the newest row of each: they are few, while their rows are many.
  static let newestAdditionalSQL = """
    WITH RECURSIVE step(id) AS (
      SELECT (
        SELECT id FROM additional_usage_history WHERE account_id = ?1 ORDER BY quota_key, window LIMIT 1)
      UNION ALL
      SELECT (
        SELECT following.id FROM additional_usage_history AS this, additional_usage_history AS following
        WHERE this.id = step.id AND following.account_id = ?1
          AND (following.quota_key, following.window) > (this.quota_key, this.window)
        ORDER BY following.quota_key, following.window LIMIT 1)
      FROM step WHERE step.id IS NOT NULL)
    SELECT max((
      SELECT max(newest.recorded_at) FROM additional_usage_history AS this, additional_usage_history AS newest
      WHERE this.id = step.id AND newest.account_id = ?1 AND newest.quota_key = this.quota_key
        AND newest.window = this.window))
    FROM step WHERE step.id IS NOT NULL
    """
}
