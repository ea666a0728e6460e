internal import Fleet
internal import StoreBuilder

/// The stores that are measured on: so many accounts of all plans, with so many rows each.
enum MadeStore {
  /// The key that sees everything.
  static let token = StoredKey("full").text
  /// What it is stored under.
  static let digest = StoredKey("full").digest

  /// Makes a store.
  ///
  /// - Parameters:
  ///   - history: how many usage rows an account has, in all windows together; the newest are of one instant.
  ///   - change: what is different about an account.
  static func make(
    accounts: Int, history: Int = 3, change: @Sendable (StoredAccount) -> StoredAccount = { $0 }
  ) async throws -> OwnStore {
    let plans = ["plus", "pro", "team", "plus"]
    let store = try await OwnStore.build {
      (0..<accounts).map { number in
        let name = "account-" + padded(number)
        return change(StoredAccount(name, email: "somebody.\(padded(number))@example.com", plan: plans[number % 4]))
      }
      StoredKey("full")
    }
    // Rows are of three windows in turn. The last of each was taken now, so that nobody thinks it stale.
    if history > 0 {
      try store.execute(
        """
        BEGIN;
        WITH RECURSIVE step(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM step WHERE n + 1 < \(history))
        INSERT INTO usage_history (
          account_id, recorded_at, window, used_percent, reset_at, window_minutes, credits_has, credits_unlimited,
          credits_balance)
        SELECT
          a.id, strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || (\(history - 1) - n) || ' minutes') || '000',
          CASE n % 3 WHEN 0 THEN 'primary' WHEN 1 THEN 'secondary' ELSE 'monthly' END,
          (a.rowid * 7 + n * 3) % 100 + 0.5,
          unixepoch() + 14400 + a.rowid, CASE n % 3 WHEN 0 THEN 300 ELSE 10080 END, 0, 0, NULL
        FROM step CROSS JOIN accounts AS a ORDER BY n;
        COMMIT;
        """)
    }
    return store
  }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}
