internal import Fleet
internal import FleetSQLite
internal import GRDB

extension StoreContents {
  /// Writes everything into a database that has the tables.
  func write(_ db: Database, key: Fernet) throws {
    for account in accounts { try account.write(db, key: key) }
    for key in keys { try key.write(db) }
    try settings.write(db, key: key)
  }
}

extension StoredAccount {
  fileprivate func write(_ db: Database, key: Fernet) throws {
    func seal(_ text: String) throws -> String { try key.encrypt(Array(text.utf8), unixSeconds: 1_700_000_000) }
    try db.execute(
      sql: """
        INSERT INTO accounts (
          id, chatgpt_account_id, codex_installation_id, email, alias, workspace_id, workspace_label, seat_type,
          plan_type, access_token_encrypted, refresh_token_encrypted, id_token_encrypted, last_refresh, created_at,
          status, reset_at, blocked_at, delete_requested_at)
        VALUES (
          ?, ?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS BLOB), CAST(? AS BLOB), CAST(? AS BLOB), ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        id, chatGPTAccountID, "installation-" + id, email, alias, workspaceID, workspaceLabel, seatType, plan,
        try seal(accessToken), try seal(refreshToken), try seal("id-" + id), lastRefresh, Self.usualInstant, status,
        resetAt, blockedAt, deleteRequestedAt,
      ])
    for row in usage { try row.write(db, account: id) }
    for row in additional { try row.write(db, account: id) }
    guard let proxies else { return }
    try proxies.writePool("pool-" + id, db, key: key)
    try db.execute(
      sql: "INSERT INTO account_proxy_bindings (id, account_id, pool_id) VALUES ('binding-' || ?1, ?1, 'pool-' || ?1)",
      arguments: [id])
  }
}

extension [StoredProxy] {
  /// Makes a pool whose members stand in the table in the opposite of their order.
  fileprivate func writePool(_ pool: String, _ db: Database, key: Fernet) throws {
    try db.execute(sql: "INSERT INTO proxy_pools (id, name) VALUES (?1, ?1)", arguments: [pool])
    for (order, proxy) in enumerated().reversed() {
      let endpoint = "\(pool)-endpoint-\(order)"
      try db.execute(
        sql: """
          INSERT INTO proxy_endpoints (id, name, scheme, host, port, username, password_encrypted, is_active)
          VALUES (?1, ?1, ?, ?, ?, ?, CAST(? AS BLOB), ?)
          """,
        arguments: [
          endpoint, proxy.scheme, proxy.host, proxy.port, proxy.username,
          try proxy.password.map { try key.encrypt([UInt8]($0.utf8), unixSeconds: 1_700_000_000) }, proxy.isActive,
        ])
      try db.execute(
        sql: "INSERT INTO proxy_pool_members (id, pool_id, endpoint_id, sort_order) VALUES (?, ?, ?, ?)",
        arguments: ["\(pool)-member-\(order)", pool, endpoint, order])
    }
  }
}

extension StoredUsage {
  fileprivate func write(_ db: Database, account: String) throws {
    try db.execute(
      sql: """
        INSERT INTO usage_history (
          account_id, recorded_at, window, used_percent, reset_at, window_minutes, credits_has, credits_unlimited,
          credits_balance)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        account, recordedAt, window, percent, resetAt, minutes, creditsHas, creditsUnlimited, creditsBalance,
      ])
  }
}

extension StoredAdditionalUsage {
  fileprivate func write(_ db: Database, account: String) throws {
    try db.execute(
      sql: """
        INSERT INTO additional_usage_history (
          account_id, quota_key, limit_name, metered_feature, window, used_percent, recorded_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [account, quotaKey, quotaKey, quotaKey, window, percent, recordedAt])
  }
}

extension StoredKey {
  fileprivate func write(_ db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO api_keys (
          id, name, key_hash, key_prefix, is_active, expires_at, usage_sections, account_assignment_scope_enabled,
          created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        "key-" + name, name, digest.hexadecimal, String(text.prefix(15)), isActive, expiresAt, sections,
        accounts != nil, StoredAccount.usualInstant,
      ])
    for account in accounts ?? [] {
      try db.execute(
        sql: "INSERT INTO api_key_accounts (api_key_id, account_id) VALUES (?, ?)", arguments: ["key-" + name, account])
    }
  }
}

extension StoredSettings {
  fileprivate func write(_ db: Database, key: Fernet) throws {
    try defaultProxies?.writePool("pool-default", db, key: key)
    try db.execute(
      sql: """
        INSERT INTO dashboard_settings (
          id, hide_upstream_quota_from_api_keys, upstream_proxy_routing_enabled, upstream_proxy_default_pool_id)
        VALUES (1, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET
          hide_upstream_quota_from_api_keys = excluded.hide_upstream_quota_from_api_keys,
          upstream_proxy_routing_enabled = excluded.upstream_proxy_routing_enabled,
          upstream_proxy_default_pool_id = excluded.upstream_proxy_default_pool_id
        """,
      arguments: [hidesUpstreamQuota, routesThroughProxy, defaultProxies == nil ? nil : "pool-default"])
  }
}
