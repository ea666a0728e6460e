internal import Fleet
internal import GRDB
internal import JSON

/// Writes what a payload changes, within the transaction it is given.
struct UsageRecorder {
  private let db: Database
  private let kind: StoreKind

  /// Writes through a connection in a transaction.
  init(_ db: Database, kind: StoreKind) {
    self.db = db
    self.kind = kind
  }

  /// Writes everything, or nothing when the account is gone or may no longer be refreshed.
  func record(_ write: UsageWrite) throws -> UsageWriteResult {
    guard try mayBeRefreshed(write.accountID) else { return .accountChanged }
    if let metadata = write.metadata { try update(write.accountID, metadata) }
    for row in write.main { try insert(row, write) }
    var changes = write.main.count
    var rows = write.main.count
    if case .report(let additional) = write.additional {
      changes += try delete(allBut: additional, of: write.accountID)
      for row in additional { try insert(row, write) }
      changes += additional.count
      rows += additional.count
    }
    if kind == .codexLB, changes > 0 { try CacheInvalidation.bump(.accountSelection, db) }
    return .committed(rows: rows)
  }

  private func mayBeRefreshed(_ id: AccountID) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: "SELECT status FROM accounts WHERE id = ? AND delete_requested_at IS NULL")
    let status = try DatabaseValue.fetchOne(statement, arguments: [id.rawValue])?.text
    return status.flatMap { AccountStatus(rawValue: $0) }?.isRefreshable == true
  }

  private func update(_ id: AccountID, _ metadata: UsageWrite.Metadata) throws {
    let statement = try db.cachedStatement(
      sql: "UPDATE accounts SET plan_type = ?, workspace_label = ?, seat_type = ? WHERE id = ?")
    try statement.execute(
      arguments: [metadata.planType, metadata.workspaceLabel, metadata.seatType, id.rawValue])
  }

  private func insert(_ row: UsageWrite.MainRow, _ write: UsageWrite) throws {
    let sample = try finite(row.sample)
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO usage_history (
          account_id, recorded_at, window, used_percent, reset_at, window_minutes, credits_has, credits_unlimited,
          credits_balance)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    try statement.execute(
      arguments: [
        write.accountID.rawValue, write.recordedAt.naiveUTC, row.window.rawValue, sample.usedPercent, sample.resetAt,
        sample.windowMinutes, sample.credits.has, sample.credits.unlimited, sample.credits.balance,
      ])
  }

  private func insert(_ row: UsageWrite.AdditionalRow, _ write: UsageWrite) throws {
    let sample = try finite(row.sample)
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO additional_usage_history (
          account_id, recorded_at, quota_key, limit_name, metered_feature, window, used_percent, reset_at,
          window_minutes)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    try statement.execute(
      arguments: [
        write.accountID.rawValue, write.recordedAt.naiveUTC, row.quotaKey, row.limitName, row.meteredFeature,
        row.window.rawValue, sample.usedPercent, sample.resetAt, sample.windowMinutes,
      ])
  }

  /// Deletes the rows of limits and windows that are no longer reported, and tells how many they were.
  private func delete(allBut reported: [UsageWrite.AdditionalRow], of id: AccountID) throws -> Int {
    let limits = JSONValue.array(reported.map { [.string($0.quotaKey), .string($0.window.rawValue)] })
    let statement = try db.cachedStatement(
      sql: """
        DELETE FROM additional_usage_history
        WHERE account_id = ? AND (quota_key, window) NOT IN (
          SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))
        """)
    try statement.execute(
      arguments: [id.rawValue, String(decoding: limits.serialized(), as: UTF8.self)])
    return db.changesCount
  }

  private func finite(_ sample: UsageSample) throws -> UsageSample {
    guard sample.usedPercent.isFinite, sample.credits.balance?.isFinite != false else {
      throw StoreError(.invalidValue, "A usage row holds a number that is not finite.")
    }
    return sample
  }
}
