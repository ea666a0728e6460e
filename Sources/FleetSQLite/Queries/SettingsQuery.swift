internal import GRDB

/// Reads the one row of settings.
struct SettingsQuery {
  private let db: Database

  /// Asks through a connection.
  init(_ db: Database) { self.db = db }

  /// Whether no API key may see upstream quota; off where the schema does not know the setting.
  func hidesUpstreamQuota() throws -> Bool {
    let column = "hide_upstream_quota_from_api_keys"
    let columns = try SchemaCheck.columns(of: "dashboard_settings", db)
    return try columns.isSuperset(of: ["id", column]) && isOn(column)
  }

  /// Whether every account without a proxy of its own goes through the default one.
  ///
  /// - Throws: when the schema does not know the setting: nobody goes straight by mistake.
  func routesThroughProxy() throws -> Bool { try isOn("upstream_proxy_routing_enabled") }

  /// The pool of proxies through which they go then; nil when none is named.
  func defaultProxyPool() throws -> String? {
    let statement = try db.cachedStatement(
      sql: "SELECT upstream_proxy_default_pool_id FROM dashboard_settings WHERE id = 1")
    return try DatabaseValue.fetchOne(statement)?.text
  }

  private func isOn(_ column: String) throws -> Bool {
    let statement = try db.cachedStatement(sql: "SELECT \(column) FROM dashboard_settings WHERE id = 1")
    guard let value = try DatabaseValue.fetchOne(statement) else { return false }
    // Both settings hold something back, so anything but a plain 0 counts as on.
    return value.truth != false && !value.isNull
  }
}
