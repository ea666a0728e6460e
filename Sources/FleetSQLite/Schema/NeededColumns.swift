/// The columns that statements name, by table.
struct NeededColumns: Sendable {
  /// A table and its columns.
  struct Table: Sendable {
    /// The table's name.
    let name: String
    /// Its columns' names.
    let columns: [String]
  }

  /// What a summary reads. Settings are not among it: without them nothing is hidden.
  static let reading = [
    Table(
      name: "accounts",
      columns: [
        "id", "chatgpt_account_id", "email", "alias", "workspace_id", "workspace_label", "seat_type", "plan_type",
        "status", "reset_at", "blocked_at", "last_refresh", "delete_requested_at",
      ]),
    Table(
      name: "usage_history",
      columns: [
        "id", "account_id", "recorded_at", "window", "used_percent", "reset_at", "window_minutes", "credits_has",
        "credits_unlimited", "credits_balance",
      ]),
    Table(
      name: "api_keys",
      columns: ["id", "key_hash", "is_active", "expires_at", "usage_sections", "account_assignment_scope_enabled"]),
    Table(name: "api_key_accounts", columns: ["api_key_id", "account_id"]),
  ]

  /// What a refresh reads and writes beyond that.
  static let refreshing = [
    Table(
      name: "accounts",
      columns: [
        "chatgpt_user_id", "codex_installation_id", "access_token_encrypted", "refresh_token_encrypted",
        "id_token_encrypted", "deactivation_reason",
      ]),
    Table(
      name: "additional_usage_history",
      columns: [
        "id", "account_id", "quota_key", "limit_name", "metered_feature", "window", "used_percent", "reset_at",
        "window_minutes", "recorded_at",
      ]),
    Table(name: "account_proxy_bindings", columns: ["account_id", "pool_id", "is_active"]),
    Table(name: "proxy_pools", columns: ["id", "is_active"]),
    Table(name: "proxy_pool_members", columns: ["id", "pool_id", "endpoint_id", "sort_order", "is_active"]),
    Table(
      name: "proxy_endpoints",
      columns: ["id", "scheme", "host", "port", "username", "password_encrypted", "is_active"]),
    Table(
      name: "dashboard_settings",
      columns: ["id", "upstream_proxy_routing_enabled", "upstream_proxy_default_pool_id"]),
    Table(
      name: "account_plan_downgrade_observations",
      columns: [
        "account_id", "observations", "credential_fingerprint", "observed_plan_type", "first_observed_at",
        "last_observed_at",
      ]),
    Table(name: "account_refresh_claims", columns: ["account_id", "claimed_by", "claimed_at", "claim_expires_at"]),
    Table(name: "cache_invalidation", columns: ["namespace", "version"]),
  ]
}
