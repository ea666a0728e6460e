extension OwnSchema {
  /// API keys and settings.
  static let access = [
    """
    CREATE TABLE api_keys (
      id TEXT NOT NULL PRIMARY KEY,
      name TEXT NOT NULL,
      key_hash TEXT NOT NULL UNIQUE,
      key_prefix TEXT NOT NULL,
      is_active INTEGER NOT NULL DEFAULT 1,
      expires_at TEXT,
      usage_sections TEXT NOT NULL DEFAULT 'upstream_limits,account_pool_usage',
      account_assignment_scope_enabled INTEGER NOT NULL DEFAULT 0,
      created_at TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE api_key_accounts (
      api_key_id TEXT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
      account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
      PRIMARY KEY (api_key_id, account_id)
    )
    """,
    "CREATE INDEX idx_api_key_accounts_account_id ON api_key_accounts (account_id)",
    """
    CREATE TABLE dashboard_settings (
      id INTEGER NOT NULL PRIMARY KEY,
      hide_upstream_quota_from_api_keys INTEGER NOT NULL DEFAULT 0,
      upstream_proxy_routing_enabled INTEGER NOT NULL DEFAULT 0,
      upstream_proxy_default_pool_id TEXT REFERENCES proxy_pools (id) ON DELETE SET NULL
    )
    """,
    "INSERT INTO dashboard_settings (id) VALUES (1)",
  ]

  /// What processes that share a store tell each other.
  static let coordination = [
    """
    CREATE TABLE runtime_sentinels (
      name TEXT NOT NULL PRIMARY KEY,
      value TEXT NOT NULL,
      created_at TEXT NOT NULL,
      updated_at TEXT
    )
    """,
    """
    CREATE TABLE cache_invalidation (
      namespace TEXT NOT NULL PRIMARY KEY,
      version INTEGER NOT NULL DEFAULT 0
    )
    """,
    """
    CREATE TABLE account_refresh_claims (
      account_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
      claimed_by TEXT NOT NULL,
      claimed_at TEXT NOT NULL,
      claim_expires_at TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE account_plan_downgrade_observations (
      account_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
      observations INTEGER NOT NULL,
      credential_fingerprint TEXT NOT NULL,
      observed_plan_type TEXT NOT NULL,
      first_observed_at TEXT NOT NULL,
      last_observed_at TEXT NOT NULL
    )
    """,
  ]
}
