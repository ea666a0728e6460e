internal import Fleet
internal import GRDB

/// Leases on accounts' refresh tokens, by which processes that share a store keep each other from using one twice.
///
/// Leases begin and end by the database's clock, so that the processes' own clocks need not agree.
struct RefreshClaims {
  private let db: Database

  /// Works through a connection in a transaction.
  init(_ db: Database) { self.db = db }

  /// Whether anybody but `holder` has the account's claim, or had it and did not give it back.
  func isLeftover(_ id: AccountID, to holder: String) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: "SELECT 1 FROM account_refresh_claims WHERE account_id = ? AND claimed_by <> ?")
    return try DatabaseValue.fetchOne(statement, arguments: [id.rawValue, holder]) != nil
  }

  /// Takes the account's claim, or extends it when it is the holder's already.
  ///
  /// - Returns: whether `holder` has the claim now. Another holder's unexpired one stays, and nobody gets one on an
  ///   account that is gone.
  func acquire(_ id: AccountID, for holder: String, lease: Duration) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO account_refresh_claims (account_id, claimed_by, claimed_at, claim_expires_at)
        SELECT id, ?, \(DatabaseClock.now), strftime('%Y-%m-%d %H:%M:%f', 'now', ?) || '000'
        FROM accounts WHERE id = ?
        ON CONFLICT (account_id) DO UPDATE SET
          claimed_by = excluded.claimed_by,
          claimed_at = excluded.claimed_at,
          claim_expires_at = excluded.claim_expires_at
        WHERE claim_expires_at < \(DatabaseClock.now) OR claimed_by = excluded.claimed_by
        RETURNING claimed_by
        """)
    let modifier = "+\(lease.components.seconds) seconds"
    return try Row.fetchOne(statement, arguments: [holder, modifier, id.rawValue]) != nil
  }

  /// Whether anybody has a claim.
  func exist() throws -> Bool {
    try DatabaseValue.fetchOne(db, sql: "SELECT 1 FROM account_refresh_claims LIMIT 1") != nil
  }

  /// Takes all claims from their holders.
  func drop() throws { try db.execute(sql: "DELETE FROM account_refresh_claims") }

  /// Gives a claim back, if it is still the holder's.
  func release(_ claim: TokenClaim) throws {
    let statement = try db.cachedStatement(
      sql: "DELETE FROM account_refresh_claims WHERE account_id = ? AND claimed_by = ?")
    try statement.execute(arguments: [claim.accountID.rawValue, claim.holder])
  }
}
