public import Fleet
internal import GRDB

/// Deletes old rows of a history, some at a time and oldest first, within the transactions it is given.
///
/// Rows are numbered as they come, so it goes by the numbers and never has to look through what is young.
struct HistoryPruner {
  /// The histories there are.
  enum History: CaseIterable {
    case usage
    case additional

    fileprivate var table: String {
      switch self {
      case .usage: "usage_history"
      case .additional: "additional_usage_history"
      }
    }

    /// Whether a newer row counts in the place of an old one.
    fileprivate var isSuperseded: String {
      switch self {
      case .usage: "newer.account_id = old.account_id AND newer.window IS old.window"
      case .additional:
        "newer.account_id = old.account_id AND newer.quota_key = old.quota_key AND newer.window = old.window"
      }
    }
  }

  /// What a step came to.
  struct Step: Hashable, Sendable {
    /// How many rows were deleted.
    var deleted: Int
    /// The number of the last row that was looked at; nil when there is nothing more to do.
    var last: Int64?
  }

  let db: Database

  /// Looks at the next rows and deletes those that were recorded before `instant`, but for the latest of each series.
  func step(_ history: History, after number: Int64, before instant: Timestamp, atMost count: Int) throws -> Step {
    let rows = try db.cachedStatement(
      sql: "SELECT id, recorded_at FROM \(history.table) WHERE id > ? ORDER BY id LIMIT ?")
    var last: (number: Int64, recordedAt: String)?
    let cursor = try Row.fetchCursor(rows, arguments: [number, count])
    while let row = try cursor.next() { last = (row[0], row[1]) }
    guard let last else { return Step(deleted: 0, last: nil) }
    let deletion = try db.cachedStatement(
      sql: """
        DELETE FROM \(history.table) AS old
        WHERE id > ? AND id <= ? AND recorded_at < ? AND EXISTS (
          SELECT 1 FROM \(history.table) AS newer
          WHERE \(history.isSuperseded) AND newer.recorded_at > old.recorded_at)
        """)
    try deletion.execute(arguments: [number, last.number, instant.naiveUTC])
    return Step(deleted: db.changesCount, last: last.recordedAt < instant.naiveUTC ? last.number : nil)
  }
}

extension SQLiteFleetStore {
  /// How many rows are looked at in one transaction: others who write wait for some milliseconds at most.
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
    for history in HistoryPruner.History.allCases {
      var number: Int64? = 0
      while let after = number, !Task.isCancelled {
        let step = try await connections.write(.usage, changing: .nothing) { db, _ in
          try HistoryPruner(db: db).step(history, after: after, before: instant, atMost: Self.rowsAtOnce)
        }
        deleted += step.deleted
        number = step.last
      }
    }
    return deleted
  }
}
