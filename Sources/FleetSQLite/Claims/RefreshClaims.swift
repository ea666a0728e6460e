package import Fleet
internal import GRDB

/// Leases on accounts' refresh tokens, by which processes that share a store keep each other from using one twice.
///
/// Leases begin and end by the database's clock, so that the processes' own clocks need not agree.
package struct RefreshClaims: Sendable {
  private let connections: StoreConnections

  init(_ connections: StoreConnections) { self.connections = connections }

  /// Takes the account's claim, or extends it when it is the holder's already.
  ///
  /// - Returns: whether `holder` has the claim now. Another holder's unexpired one stays.
  /// - Throws: `.invalidValue` when there is no such account.
  package func acquire(
    _ id: AccountID, for holder: ClaimHolder, lease: Duration
  ) async throws(StoreError) -> Bool {
    let modifier = "+\(lease.components.seconds) seconds"
    return try await connections.write(.full) { db, _ in
      let row = try Row.fetchOne(
        db,
        sql: """
          INSERT INTO account_refresh_claims (account_id, claimed_by, claimed_at, claim_expires_at)
          VALUES (?, ?, \(DatabaseClock.now), strftime('%Y-%m-%d %H:%M:%f', 'now', ?) || '000')
          ON CONFLICT (account_id) DO UPDATE SET
            claimed_by = excluded.claimed_by,
            claimed_at = excluded.claimed_at,
            claim_expires_at = excluded.claim_expires_at
          WHERE claim_expires_at < \(DatabaseClock.now) OR claimed_by = excluded.claimed_by
          RETURNING claimed_by
          """,
        arguments: [id.rawValue, holder.text, modifier])
      return row != nil
    }
  }

  /// Gives the account's claim back.
  ///
  /// - Returns: whether it was still the holder's. Another holder's stays.
  package func release(_ id: AccountID, of holder: ClaimHolder) async throws(StoreError) -> Bool {
    try await connections.write(.full) { db, _ in
      try db.execute(
        sql: "DELETE FROM account_refresh_claims WHERE account_id = ? AND claimed_by = ?",
        arguments: [id.rawValue, holder.text])
      return db.changesCount > 0
    }
  }
}

extension SQLiteFleetStore {
  /// The claims on refresh tokens.
  package var refreshClaims: RefreshClaims { RefreshClaims(connections) }
}
