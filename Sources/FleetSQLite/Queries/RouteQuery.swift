internal import Fleet
internal import GRDB

/// Finds out which way accounts' requests have to take. Pools are looked up once per query.
struct RouteQuery {
  private let db: Database
  private let key: EncryptionKey
  private let warnings: WarningLog
  private var pools: [String: UpstreamRoute?] = [:]
  private var unboundRoute: UpstreamRoute??

  /// Asks through a connection, decrypting passwords with a key.
  init(_ db: Database, key: EncryptionKey, _ warnings: WarningLog) {
    self.db = db
    self.key = key
    self.warnings = warnings
  }

  /// The account's route; nil when it must go through proxies and none can be had.
  mutating func route(of id: AccountID) throws -> UpstreamRoute? {
    // Anything but a plain 0 counts as active: a bound account must not connect directly by mistake.
    let statement = try db.cachedStatement(
      sql: "SELECT pool_id FROM account_proxy_bindings WHERE account_id = ? AND is_active IS NOT 0 LIMIT 1")
    if let pool = try DatabaseValue.fetchOne(statement, arguments: [id.rawValue]) {
      return try pool.text.flatMap { try self.route(through: $0) }
    }
    if let unboundRoute { return unboundRoute }
    let settings = SettingsQuery(db)
    let unbound: UpstreamRoute? =
      try settings.routesThroughProxy() ? settings.defaultProxyPool().flatMap { try route(through: $0) } : .direct
    unboundRoute = .some(unbound)
    return unbound
  }

  /// The route through a pool: its active members in order, as far as they can be used.
  private mutating func route(through pool: String) throws -> UpstreamRoute? {
    if let known = pools[pool] { return known }
    let statement = try db.cachedStatement(
      sql: """
        SELECT e.id, e.scheme, e.host, e.port, e.username, CAST(e.password_encrypted AS TEXT)
        FROM proxy_pools AS p
        JOIN proxy_pool_members AS m ON m.pool_id = p.id
        JOIN proxy_endpoints AS e ON e.id = m.endpoint_id
        WHERE p.id = ? AND p.is_active = 1 AND m.is_active = 1 AND e.is_active = 1
        ORDER BY m.sort_order, m.id
        """)
    let endpoints = try Row.fetchAll(statement, arguments: [pool]).compactMap { row in
      endpoint(Array(row.databaseValues))
    }
    let route = endpoints.first.map { UpstreamRoute.proxy($0, fallbacks: Array(endpoints.dropFirst())) }
    pools[pool] = .some(route)
    return route
  }

  private func endpoint(_ values: [DatabaseValue]) -> ProxyEndpoint? {
    let scheme = values[1].text.flatMap { ProxyEndpoint.Scheme(rawValue: $0.trimmingWhitespace().lowercased()) }
    let password = values[5].isNull ? Secret("") : values[5].text.flatMap { try? key.open($0) }
    guard
      let scheme, let host = values[2].text, let port = values[3].wholeNumber.flatMap({ Int(exactly: $0) }),
      let password,
      let endpoint = ProxyEndpoint(
        scheme: scheme, host: host, port: port,
        credentials: values[4].isNull && values[5].isNull
          ? nil : ProxyEndpoint.Credentials(username: values[4].text ?? "", password: password))
    else {
      warnings.note(.proxyIgnored(id: values[0].text ?? ""))
      return nil
    }
    return endpoint
  }
}
