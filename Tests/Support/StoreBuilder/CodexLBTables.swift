/// The tables of a codex-lb store that this program has to do with, in codex-lb's column types.
enum CodexLBTables {
  /// The revision with which writing was tested.
  static let revision = "20260816_000000_add_model_source_embeddings"

  /// The statements that make the tables and the indexes that summaries rely on.
  static let statements = """
    CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
    CREATE TABLE accounts (
      id VARCHAR NOT NULL PRIMARY KEY, chatgpt_account_id VARCHAR, chatgpt_user_id VARCHAR,
      codex_installation_id VARCHAR NOT NULL, email VARCHAR NOT NULL, alias VARCHAR, workspace_id VARCHAR,
      workspace_label VARCHAR, seat_type VARCHAR, plan_type VARCHAR NOT NULL, access_token_encrypted BLOB NOT NULL,
      refresh_token_encrypted BLOB NOT NULL, id_token_encrypted BLOB NOT NULL, last_refresh DATETIME NOT NULL,
      created_at DATETIME DEFAULT (CURRENT_TIMESTAMP) NOT NULL, status VARCHAR(15) NOT NULL, deactivation_reason TEXT,
      reset_at INTEGER, blocked_at INTEGER, delete_requested_at DATETIME,
      routing_policy VARCHAR DEFAULT 'normal' NOT NULL
    );
    CREATE INDEX idx_accounts_email ON accounts (email);
    CREATE TABLE usage_history (
      id INTEGER NOT NULL PRIMARY KEY, account_id VARCHAR NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
      recorded_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, window VARCHAR, used_percent FLOAT NOT NULL,
      input_tokens INTEGER, output_tokens INTEGER, reset_at INTEGER, window_minutes INTEGER, credits_has BOOLEAN,
      credits_unlimited BOOLEAN, credits_balance FLOAT
    );
    CREATE INDEX idx_usage_recorded_at ON usage_history (recorded_at);
    CREATE INDEX idx_usage_account_time ON usage_history (account_id, recorded_at);
    CREATE INDEX idx_usage_window_account_latest
      ON usage_history (coalesce("window", 'primary'), account_id, recorded_at DESC, id DESC);
    CREATE INDEX idx_usage_window_account_time ON usage_history (coalesce("window", 'primary'), account_id, recorded_at);
    CREATE INDEX idx_usage_window_raw_account_latest
      ON usage_history ("window", account_id, recorded_at DESC, id DESC);
    CREATE TABLE additional_usage_history (
      id INTEGER NOT NULL PRIMARY KEY, account_id VARCHAR NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
      limit_name VARCHAR NOT NULL, metered_feature VARCHAR NOT NULL, window VARCHAR NOT NULL,
      used_percent FLOAT NOT NULL, reset_at INTEGER, window_minutes INTEGER,
      recorded_at DATETIME DEFAULT (CURRENT_TIMESTAMP) NOT NULL, quota_key VARCHAR NOT NULL
    );
    CREATE INDEX ix_additional_usage_history_composite
      ON additional_usage_history (account_id, quota_key, window, recorded_at);
    CREATE TABLE api_keys (
      id VARCHAR NOT NULL PRIMARY KEY, name VARCHAR NOT NULL, key_hash VARCHAR NOT NULL UNIQUE,
      key_prefix VARCHAR NOT NULL, expires_at DATETIME, is_active BOOLEAN NOT NULL,
      created_at DATETIME DEFAULT (CURRENT_TIMESTAMP) NOT NULL,
      account_assignment_scope_enabled BOOLEAN DEFAULT 0 NOT NULL,
      usage_sections TEXT DEFAULT 'upstream_limits,account_pool_usage' NOT NULL
    );
    CREATE TABLE api_key_accounts (
      api_key_id VARCHAR NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
      account_id VARCHAR NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
      created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, PRIMARY KEY (api_key_id, account_id)
    );
    CREATE TABLE proxy_endpoints (
      id VARCHAR NOT NULL PRIMARY KEY, name VARCHAR NOT NULL, scheme VARCHAR NOT NULL, host VARCHAR NOT NULL,
      port INTEGER NOT NULL, username VARCHAR, password_encrypted BLOB, is_active BOOLEAN DEFAULT 1 NOT NULL
    );
    CREATE TABLE proxy_pools (
      id VARCHAR NOT NULL PRIMARY KEY, name VARCHAR NOT NULL, is_active BOOLEAN DEFAULT 1 NOT NULL
    );
    CREATE TABLE proxy_pool_members (
      id VARCHAR NOT NULL PRIMARY KEY, pool_id VARCHAR NOT NULL REFERENCES proxy_pools (id) ON DELETE CASCADE,
      endpoint_id VARCHAR NOT NULL REFERENCES proxy_endpoints (id) ON DELETE CASCADE,
      sort_order INTEGER DEFAULT 0 NOT NULL, weight INTEGER DEFAULT 1 NOT NULL, is_active BOOLEAN DEFAULT 1 NOT NULL
    );
    CREATE TABLE account_proxy_bindings (
      id VARCHAR NOT NULL PRIMARY KEY, account_id VARCHAR NOT NULL UNIQUE REFERENCES accounts (id) ON DELETE CASCADE,
      pool_id VARCHAR NOT NULL REFERENCES proxy_pools (id) ON DELETE RESTRICT, is_active BOOLEAN DEFAULT 1 NOT NULL
    );
    CREATE TABLE dashboard_settings (
      id INTEGER NOT NULL PRIMARY KEY, hide_upstream_quota_from_api_keys BOOLEAN DEFAULT 0 NOT NULL,
      upstream_proxy_routing_enabled BOOLEAN DEFAULT 0 NOT NULL, upstream_proxy_default_pool_id VARCHAR
    );
    CREATE TABLE runtime_sentinels (
      name VARCHAR(64) NOT NULL PRIMARY KEY, value VARCHAR(128) NOT NULL,
      created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, updated_at DATETIME
    );
    CREATE TABLE cache_invalidation (namespace VARCHAR(50) NOT NULL PRIMARY KEY, version INTEGER DEFAULT '0' NOT NULL);
    CREATE TABLE account_refresh_claims (
      account_id VARCHAR NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
      claimed_by VARCHAR(128) NOT NULL, claimed_at DATETIME NOT NULL, claim_expires_at DATETIME NOT NULL
    );
    CREATE TABLE account_plan_downgrade_observations (
      account_id VARCHAR NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
      observations INTEGER NOT NULL, credential_fingerprint VARCHAR(64) NOT NULL,
      observed_plan_type VARCHAR NOT NULL, first_observed_at DATETIME NOT NULL, last_observed_at DATETIME NOT NULL
    );
    """
}
