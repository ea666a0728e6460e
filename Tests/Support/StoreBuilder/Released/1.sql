-- What `codex-fleetd init`, `account import`, `key create` and a refresh made with schema 1. Never changed: stores like
-- this one are out there.
CREATE TABLE account_plan_downgrade_observations (
  account_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  observations INTEGER NOT NULL,
  credential_fingerprint TEXT NOT NULL,
  observed_plan_type TEXT NOT NULL,
  first_observed_at TEXT NOT NULL,
  last_observed_at TEXT NOT NULL
);
CREATE TABLE account_proxy_bindings (
  id TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL UNIQUE REFERENCES accounts (id) ON DELETE CASCADE,
  pool_id TEXT NOT NULL REFERENCES proxy_pools (id) ON DELETE RESTRICT,
  is_active INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE account_refresh_claims (
  account_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  claimed_by TEXT NOT NULL,
  claimed_at TEXT NOT NULL,
  claim_expires_at TEXT NOT NULL
);
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
);
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
);
CREATE TABLE api_key_accounts (
  api_key_id TEXT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  PRIMARY KEY (api_key_id, account_id)
);
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
);
CREATE TABLE cache_invalidation (
  namespace TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE dashboard_settings (
  id INTEGER NOT NULL PRIMARY KEY,
  hide_upstream_quota_from_api_keys INTEGER NOT NULL DEFAULT 0,
  upstream_proxy_routing_enabled INTEGER NOT NULL DEFAULT 0,
  upstream_proxy_default_pool_id TEXT REFERENCES proxy_pools (id) ON DELETE SET NULL
);
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
CREATE TABLE proxy_endpoints (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  scheme TEXT NOT NULL,
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  username TEXT,
  password_encrypted BLOB,
  is_active INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE proxy_pool_members (
  id TEXT NOT NULL PRIMARY KEY,
  pool_id TEXT NOT NULL REFERENCES proxy_pools (id) ON DELETE CASCADE,
  endpoint_id TEXT NOT NULL REFERENCES proxy_endpoints (id) ON DELETE CASCADE,
  sort_order INTEGER NOT NULL DEFAULT 0,
  is_active INTEGER NOT NULL DEFAULT 1,
  UNIQUE (pool_id, endpoint_id)
);
CREATE TABLE proxy_pools (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  is_active INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE runtime_sentinels (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT
);
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
);
CREATE INDEX idx_accounts_email ON accounts (email, id);
CREATE INDEX idx_usage_window_account_latest
ON usage_history (coalesce(window, 'primary'), account_id, recorded_at DESC, id DESC);
CREATE INDEX idx_usage_window_raw_account_latest
ON usage_history (window, account_id, recorded_at DESC, id DESC);
CREATE INDEX idx_usage_account_time ON usage_history (account_id, recorded_at);
CREATE INDEX ix_additional_usage_history_composite
ON additional_usage_history (account_id, quota_key, window, recorded_at);
CREATE INDEX idx_api_key_accounts_account_id ON api_key_accounts (account_id);
INSERT INTO "grdb_migrations" VALUES('1 accounts, usage, keys, settings');
INSERT INTO "runtime_sentinels" VALUES('encryption_key_fingerprint','sha256:2cf5e6ec387461b4bf954f587ad4d957753fcbc48bf892b5e49996b90cf3b476','2026-05-06 07:08:10.000000',NULL);
INSERT INTO "dashboard_settings" VALUES(1,0,0,NULL);
INSERT INTO "accounts" VALUES('acct-1_8c2a47d3','acct-1','user-1','c2a11769-2110-4095-abf7-14bb3358b77c','me@example.com',NULL,NULL,NULL,NULL,'plus',X'67414141414142724235666638574B49394C6F3642376A4B7636656D3176426543737A3377706C3330306F5138334C4268556356735554426235386F5269742D3078764377514852496459356842633765634D4F616F6F7A49555945705043474E413D3D',X'674141414141427242356666454A2D4C5A4663596435504E683579764F4C4577695F41374D38446443706C6151413462683930514D3935726B63415947627A5030374144765469584969416D6E4D5A755A39767959506C634B4B3047516679634D673D3D',X'67414141414142724235666638574B49394C6F3642376A4B7636656D3176426543737A3377706C3330306F5138334C4268556356735554426235386F5269742D3078764377514852496459356842633765634D4F616F6F7A49555945705043474E413D3D','2026-05-06 07:08:09.000000','2026-05-06 07:08:10.000000','active',NULL,NULL,NULL,NULL);
INSERT INTO "usage_history" VALUES(1,'acct-1_8c2a47d3','2026-05-06 07:10:00.000000','primary',25.0,4102444800,300,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "api_keys" VALUES('98947f85-056e-462d-b616-5c3c3d0dcb15','full','6f5712df25b5da9079f2f988fe5f4e5b4a9aa4bfec23854416c3a28e73b60499','sk-test-full',1,NULL,'upstream_limits,account_pool_usage',0,'2026-05-06 07:08:10.000000');
