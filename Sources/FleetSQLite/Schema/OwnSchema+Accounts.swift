extension OwnSchema {
  /// Accounts and how they reach the upstream.
  static let accounts = [
    """
    CREATE TABLE accounts (
      id TEXT NOT NULL PRIMARY KEY,
      chatgpt_account_id TEXT,
      chatgpt_user_id TEXT,
      codex_installation_id TEXT NOT NULL,
      email TEXT NOT NULL,
      alias TEXT,
      workspace_id TEXT,
      workspace_label TEXT,
      seat_type TEXT,
      plan_type TEXT NOT NULL,
      access_token_encrypted BLOB NOT NULL,
      refresh_token_encrypted BLOB NOT NULL,
      id_token_encrypted BLOB NOT NULL,
      last_refresh TEXT NOT NULL,
      created_at TEXT NOT NULL,
      status TEXT NOT NULL,
      deactivation_reason TEXT,
      reset_at INTEGER,
      blocked_at INTEGER,
      delete_requested_at TEXT
    )
    """,
    "CREATE INDEX idx_accounts_email ON accounts (email, id)",
    """
    CREATE TABLE proxy_endpoints (
      id TEXT NOT NULL PRIMARY KEY,
      name TEXT NOT NULL,
      scheme TEXT NOT NULL,
      host TEXT NOT NULL,
      port INTEGER NOT NULL,
      username TEXT,
      password_encrypted BLOB,
      is_active INTEGER NOT NULL DEFAULT 1
    )
    """,
    """
    CREATE TABLE proxy_pools (
      id TEXT NOT NULL PRIMARY KEY,
      name TEXT NOT NULL,
      is_active INTEGER NOT NULL DEFAULT 1
    )
    """,
    """
    CREATE TABLE proxy_pool_members (
      id TEXT NOT NULL PRIMARY KEY,
      pool_id TEXT NOT NULL REFERENCES proxy_pools (id) ON DELETE CASCADE,
      endpoint_id TEXT NOT NULL REFERENCES proxy_endpoints (id) ON DELETE CASCADE,
      sort_order INTEGER NOT NULL DEFAULT 0,
      is_active INTEGER NOT NULL DEFAULT 1,
      UNIQUE (pool_id, endpoint_id)
    )
    """,
    """
    CREATE TABLE account_proxy_bindings (
      id TEXT NOT NULL PRIMARY KEY,
      account_id TEXT NOT NULL UNIQUE REFERENCES accounts (id) ON DELETE CASCADE,
      pool_id TEXT NOT NULL REFERENCES proxy_pools (id) ON DELETE RESTRICT,
      is_active INTEGER NOT NULL DEFAULT 1
    )
    """,
  ]
}
