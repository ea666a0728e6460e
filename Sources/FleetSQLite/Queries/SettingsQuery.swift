internal import GRDB

/// Reads the one row of settings. A setting that the schema does not have is off.
struct SettingsQuery {
  private let db: Database

  /// Asks through a connection.
  init(_ db: Database) { self.db = db }

  /// Whether no API key may see upstream quota.
  func hidesUpstreamQuota() throws -> Bool { try isOn("hide_upstream_quota_from_api_keys") }

  /// Whether every account without a proxy of its own goes through the default one.
  func routesThroughProxy() throws -> Bool { try isOn("upstream_proxy_routing_enabled") }

  /// The pool of proxies through which they go then; nil when none is named.
  func defaultProxyPool() throws -> String? {
    let statement = try db.cachedStatement(
      sql: "SELECT upstream_proxy_default_pool_id FROM dashboard_settings WHERE id = 1")
    return try DatabaseValue.fetchOne(statement)?.text
  }

  private func isOn(_ column: String) throws -> Bool {
    let columns = try SchemaCheck.columns(of: "dashboard_settings", db)
    guard columns.isSuperset(of: ["id", column]) else { return false }
    let statement = try db.cachedStatement(sql: "SELECT \(column) FROM dashboard_settings WHERE id = 1")
    guard let value = try DatabaseValue.fetchOne(statement) else { return false }
    // Both settings hold something back, so anything but a plain 0 counts as on.
    return value.truth != false && !value.isNull
  }
}
