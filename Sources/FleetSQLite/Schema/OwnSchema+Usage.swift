extension OwnSchema {
  /// Usage rows. A summary costs one probe of an index per account and window, however long the history is.
  static let usage = [
    """
    CREATE TABLE usage_history (
      id INTEGER PRIMARY KEY,
      account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
      recorded_at TEXT NOT NULL,
      window TEXT,
      used_percent REAL NOT NULL,
      reset_at INTEGER,
      window_minutes INTEGER,
      credits_has INTEGER,
      credits_unlimited INTEGER,
      credits_balance REAL,
      input_tokens INTEGER,
      output_tokens INTEGER
    )
    """,
    """
    CREATE INDEX idx_usage_window_account_latest
    ON usage_history (coalesce(window, 'primary'), account_id, recorded_at DESC, id DESC)
    """,
    """
    CREATE INDEX idx_usage_window_raw_account_latest
    ON usage_history (window, account_id, recorded_at DESC, id DESC)
    """,
    // Removing an account removes its rows, whichever their window.
    "CREATE INDEX idx_usage_account_time ON usage_history (account_id, recorded_at)",
    """
    CREATE TABLE additional_usage_history (
      id INTEGER PRIMARY KEY,
      account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
      quota_key TEXT NOT NULL,
      limit_name TEXT NOT NULL,
      metered_feature TEXT NOT NULL,
      window TEXT NOT NULL,
      used_percent REAL NOT NULL,
      reset_at INTEGER,
      window_minutes INTEGER,
      recorded_at TEXT NOT NULL
    )
    """,
    """
    CREATE INDEX ix_additional_usage_history_composite
    ON additional_usage_history (account_id, quota_key, window, recorded_at)
    """,
  ]
}
