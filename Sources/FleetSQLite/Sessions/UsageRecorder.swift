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

  /// Writes everything, or nothing when the account is gone, was bound elsewhere or may no longer be refreshed.
  func record(_ write: UsageWrite) throws -> UsageWriteResult {
    guard let target = try target(write.accountID), target.workspaceID.nonBlank == write.workspaceID.nonBlank else {
      return .accountChanged
    }
    if let metadata = write.metadata {
      if let workspace = metadata.adoptedWorkspaceID {
        let slot = WorkspaceSlot(
          email: target.email, chatGPTAccountID: target.chatGPTAccountID, workspaceID: workspace)
        guard try !slot.isTaken(exceptBy: write.accountID, db) else { return .workspaceTaken }
      }
      try update(write.accountID, metadata)
    }
    if write.settlesDowngrade { try DowngradeEvidence(db).clear(write.accountID) }
    for row in write.main { try insert(row, write) }
    var changes = write.main.count
    var rows = write.main.count
    if case .report(let additional) = write.additional {
      changes += try delete(allBut: additional, of: write.accountID)
      for row in additional { try insert(row, write) }
      changes += additional.count
      rows += additional.count
    }
    if let recovery = write.recovery { changes += try apply(recovery, to: write.accountID) }
    if kind == .codexLB, changes > 0 { try CacheInvalidation.bump(.accountSelection, db) }
    return .committed(rows: rows)
  }

  /// The account's row, as far as it decides about the write.
  private struct Target {
    let email: String
    let chatGPTAccountID: String?
    let workspaceID: String?
  }

  /// The account as it is now; nil when it is gone or may not be refreshed.
  private func target(_ id: AccountID) throws -> Target? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT status, email, chatgpt_account_id, workspace_id FROM accounts
        WHERE id = ? AND delete_requested_at IS NULL
        """)
    guard
      let values = try Row.fetchOne(statement, arguments: [id.rawValue]).map({ Array($0.databaseValues) }),
      values[0].text.flatMap({ AccountStatus(rawValue: $0) })?.isRefreshable == true
    else { return nil }
    return Target(email: values[1].text ?? "", chatGPTAccountID: values[2].text, workspaceID: values[3].text)
  }

  /// Lifts a limit, if it is still the one that was read.
  ///
  /// - Returns: how many rows changed: one or none.
  private func apply(_ recovery: StatusRecovery, to id: AccountID) throws -> Int {
    let statement = try db.cachedStatement(
      sql: """
        UPDATE accounts SET status = ?, deactivation_reason = ?, reset_at = ?, blocked_at = ?
        WHERE id = ? AND status = ? AND deactivation_reason IS ? AND reset_at IS ? AND blocked_at IS ?
        """)
    let (old, new) = (recovery.expected, recovery.recovered)
    try statement.execute(
      arguments: [
        new.status.rawValue, new.deactivationReason, new.resetAt, new.blockedAt, id.rawValue, old.status.rawValue,
        old.deactivationReason, old.resetAt, old.blockedAt,
      ])
    return db.changesCount
  }

  private func update(_ id: AccountID, _ metadata: UsageWrite.Metadata) throws {
    let statement = try db.cachedStatement(
      sql: """
        UPDATE accounts SET
          plan_type = coalesce(?, plan_type), workspace_id = coalesce(?, workspace_id),
          workspace_label = coalesce(?, workspace_label), seat_type = coalesce(?, seat_type)
        WHERE id = ?
        """)
    try statement.execute(
      arguments: [
        metadata.planType, metadata.adoptedWorkspaceID, metadata.workspaceLabel, metadata.seatType, id.rawValue,
      ])
  }

  /// How far ahead a row may lie: processes on one machine have one clock, which may have been set a little.
  private static let tolerance = Duration.seconds(300)

  /// Deletes what was recorded in the future, under a clock that has been set right since: it would count as the latest
  /// until that time has come. A codex-lb's rows are its own.
  private func deleteFuture(of write: UsageWrite, _ table: String, _ series: String, _ values: String...) throws {
    guard kind == .own else { return }
    let statement = try db.cachedStatement(
      sql: "DELETE FROM \(table) WHERE account_id = ? AND \(series) AND recorded_at > ?")
    let limit = write.recordedAt.advanced(by: Self.tolerance).naiveUTC
    try statement.execute(arguments: StatementArguments([write.accountID.rawValue] + values + [limit]))
  }

  private func insert(_ row: UsageWrite.MainRow, _ write: UsageWrite) throws {
    let sample = try finite(row.sample)
    try deleteFuture(of: write, "usage_history", "window = ?", row.window.rawValue)
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
    try deleteFuture(
      of: write, "additional_usage_history", "quota_key = ? AND window = ?", row.quotaKey, row.window.rawValue)
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
