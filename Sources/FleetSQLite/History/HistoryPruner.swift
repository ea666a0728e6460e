public import Fleet
internal import GRDB

/// Deletes old rows of the history, some at a time, within the transactions it is given: account by account, oldest
/// first. Looking for what is old costs a probe of an index for each account, limit and window, however long the history is.
struct HistoryPruner {
  /// What a step came to.
  struct Step: Hashable, Sendable {
    /// How many rows were deleted.
    var deleted: Int
    /// The last account that has nothing old any more, after which to go on; nil when that was the last one of all.
    var last: String?
  }

  /// Rows of which the latest counts.
  private enum Series {
    case usage(window: String)
    case additional(quotaKey: String, window: String)

    var table: String {
      switch self {
      case .usage: "usage_history"
      case .additional: "additional_usage_history"
      }
    }

    /// As the indices have it.
    var condition: String {
      switch self {
      case .usage: "coalesce(window, 'primary') = :window"
      case .additional: "quota_key = :quotaKey AND window = :window"
      }
    }

    /// The values of the condition.
    var values: [String: String] {
      switch self {
      case .usage(let window): ["window": window]
      case .additional(let quotaKey, let window): ["quotaKey": quotaKey, "window": window]
      }
    }
  }

  /// So many accounts are looked at in a step in which there is little to delete.
  private static let mostAccounts = 100

  let db: Database

  /// Looks at the accounts after one, and deletes what was recorded before `instant`, but for the latest row of each series.
  ///
  /// - Parameter limit: so many rows are deleted at most.
  func step(after account: String, before instant: Timestamp, atMost limit: Int) throws -> Step {
    let accounts = try String.fetchAll(
      db.cachedStatement(sql: "SELECT id FROM accounts WHERE id > ? ORDER BY id LIMIT ?"),
      arguments: [account, Self.mostAccounts])
    var step = Step(deleted: 0, last: account)
    for account in accounts {
      for series in try series(of: account) {
        step.deleted += try delete(series, of: account, before: instant, atMost: limit - step.deleted)
      }
      // Where the limit was reached there may be more.
      guard step.deleted < limit else { return step }
      step.last = account
    }
    if accounts.count < Self.mostAccounts { step.last = nil }
    return step
  }

  private func series(of account: String) throws -> [Series] {
    var all = UsageWindow.allCases.map { Series.usage(window: $0.rawValue) }
    let next = try db.cachedStatement(
      sql: """
        SELECT quota_key, window FROM additional_usage_history
        WHERE account_id = ? AND (quota_key, window) > (?, ?) ORDER BY quota_key, window LIMIT 1
        """)
    var (quotaKey, window) = ("", "")
    while let row = try Row.fetchOne(next, arguments: [account, quotaKey, window]) {
      (quotaKey, window) = (row[0], row[1])
      all.append(.additional(quotaKey: quotaKey, window: window))
    }
    return all
  }

  private func delete(_ series: Series, of account: String, before instant: Timestamp, atMost limit: Int) throws -> Int
  {
    let rows = "FROM \(series.table) WHERE account_id = :account AND \(series.condition)"
    let statement = try db.cachedStatement(
      sql: """
        DELETE FROM \(series.table) WHERE id IN (
          SELECT id \(rows) AND recorded_at < min(:instant, (SELECT max(recorded_at) \(rows)))
          ORDER BY recorded_at LIMIT :limit)
        """)
    let arguments: StatementArguments = ["account": account, "instant": instant.naiveUTC, "limit": limit]
    try statement.execute(arguments: arguments + StatementArguments(series.values))
    return db.changesCount
  }
}

extension SQLiteFleetStore {
  /// How many rows are deleted in one transaction: others who write wait for some milliseconds at most.
  private static let rowsAtOnce = 500

  /// Deletes all usage that was recorded before an instant, but for the latest row of each account, limit and window.
  ///
  /// - Returns: how many rows were deleted.
  /// - Throws: `.managedElsewhere` in a codex-lb store; whatever keeps the store from being written. What was deleted
  ///   until then stays deleted.
  @discardableResult
  public func pruneHistory(before instant: Timestamp) async throws(StoreError) -> Int {
    try requireOwn()
    var deleted = 0
    var account: String? = ""
    while let last = account, !Task.isCancelled {
      let step = try await connections.write(.usage, changing: .nothing) { db, _ in
        try HistoryPruner(db: db).step(after: last, before: instant, atMost: Self.rowsAtOnce)
      }
      deleted += step.deleted
      account = step.last
    }
    return deleted
  }
}
