import Fleet
import NIOConcurrencyHelpers
import StoreBuilder
import Testing

@testable import FleetSQLite

@Suite("routes")
struct RouteTests {
  static let kinds = [StoreKind.own, .codexLB]

  private func endpoint(_ scheme: ProxyEndpoint.Scheme = .http, port: Int, _ password: String? = nil) throws
    -> ProxyEndpoint
  {
    try #require(
      ProxyEndpoint(
        scheme: scheme, host: "127.0.0.1", port: port,
        credentials: password.map { ProxyEndpoint.Credentials(username: "me", password: Secret($0)) }))
  }

  /// Builds a store, changes it, and gives its accounts' routes.
  private func routes(
    _ kind: StoreKind, _ changes: String..., @StoreContentsBuilder contents: () -> StoreContents
  ) async throws -> [UpstreamRoute?] {
    let database: any StoreDatabase
    let opened: SQLiteFleetStore
    switch kind {
    case .own:
      let store = try await OwnStore.build(contents)
      for change in changes { try store.execute(change) }
      (database, opened) = (store, try await store.open())
    case .codexLB:
      let store = try CodexLBStore.build(contents)
      for change in changes { try store.execute(change) }
      (database, opened) = (store, try await store.open())
    }
    defer { withExtendedLifetime(database) {} }
    let session = try await opened.openSession()
    let routes = try await session.candidates(in: .all).map(\.route)
    session.close()
    await opened.close()
    return routes
  }

  @Test("a bound account goes through its pool in order, everybody else straight", arguments: kinds)
  func bound(kind: StoreKind) async throws {
    let routes = try await routes(kind) {
      StoredAccount("a").with {
        $0.proxies = [
          StoredProxy(port: 11), StoredProxy("SOCKS5h ", port: 12, username: "me", password: "pass:word"),
          StoredProxy(port: 13, isActive: false), StoredProxy("https", port: 14),
        ]
      }
      StoredAccount("b")
    }
    #expect(
      routes == [
        .proxy(
          try endpoint(port: 11),
          fallbacks: [try endpoint(.socks5h, port: 12, "pass:word"), try endpoint(.https, port: 14)]), .direct,
      ])
  }

  @Test("a pool's members come by their order, then by their identifier")
  func order() async throws {
    let routes = try await routes(.codexLB, "UPDATE proxy_pool_members SET sort_order = 0") {
      StoredAccount("a").with { $0.proxies = [StoredProxy(port: 11), StoredProxy(port: 12)] }
    }
    #expect(routes == [.proxy(try endpoint(port: 11), fallbacks: [try endpoint(port: 12)])])
  }

  @Test("with routing switched on, everybody else goes through the default pool", arguments: kinds)
  func defaultPool(kind: StoreKind) async throws {
    let routes = try await routes(kind) {
      StoredAccount("a").with { $0.proxies = [StoredProxy(port: 11)] }
      StoredAccount("b")
      StoredSettings(routesThroughProxy: true, defaultProxies: [StoredProxy("socks5", port: 21)])
    }
    let expected: [UpstreamRoute?] = [
      .proxy(try endpoint(port: 11), fallbacks: []), .proxy(try endpoint(.socks5, port: 21), fallbacks: []),
    ]
    #expect(routes == expected)
  }

  @Test("an inactive binding binds to nothing")
  func inactiveBinding() async throws {
    let routes = try await routes(.codexLB, "UPDATE account_proxy_bindings SET is_active = 0") {
      StoredAccount("a").with { $0.proxies = [StoredProxy(port: 11)] }
    }
    #expect(routes == [.direct])
  }

  @Test("an odd binding counts as active: better nowhere than straight")
  func oddBinding() async throws {
    let routes = try await routes(.codexLB, "UPDATE account_proxy_bindings SET is_active = 'odd'") {
      StoredAccount("a").with { $0.proxies = [StoredProxy(port: 11)] }
    }
    #expect(routes == [.proxy(try endpoint(port: 11), fallbacks: [])])
  }

  @Test(
    "a bound account whose route cannot be found goes nowhere",
    arguments: [
      "UPDATE proxy_pools SET is_active = 0", "UPDATE proxy_pool_members SET is_active = 0",
      "UPDATE proxy_endpoints SET is_active = 0", "DELETE FROM proxy_endpoints",
      "UPDATE proxy_endpoints SET scheme = 'ftp'", "UPDATE proxy_endpoints SET port = 0",
      "UPDATE proxy_endpoints SET port = 70000", "UPDATE proxy_endpoints SET host = ''",
      "UPDATE proxy_endpoints SET host = 'evil/@host'", "UPDATE proxy_endpoints SET password_encrypted = x'ff'",
      "UPDATE proxy_endpoints SET password_encrypted = 'gAAAAAB'",
    ])
  func unresolvable(change: String) async throws {
    let routes = try await routes(.codexLB, change) {
      StoredAccount("a").with { $0.proxies = [StoredProxy(port: 11, username: "me", password: "secret")] }
    }
    #expect(routes == [nil])
  }

  @Test(
    "a schema that does not know the settings of routes lets nobody go straight, even if it is allowed",
    arguments: ["upstream_proxy_routing_enabled", "upstream_proxy_default_pool_id"])
  func unknownSettings(column: String) async throws {
    let store = try CodexLBStore.build(changes: "ALTER TABLE dashboard_settings DROP COLUMN \(column)") {
      StoredAccount("a")
      StoredSettings(routesThroughProxy: true)
    }
    let opened = try await store.open(allowsUntestedSchema: true)
    let session = try await opened.openSession()
    let error = await #expect(throws: StoreError.self) { try await session.candidate(AccountID("a")) }
    #expect(error?.code == .unsupportedSchema)
    session.close()
    await opened.close()
  }

  @Test("a proxy that cannot be used leaves the others of its pool, with a warning")
  func partlyUnusable() async throws {
    let store = try CodexLBStore.build {
      StoredAccount("a").with { $0.proxies = [StoredProxy("ftp", port: 11), StoredProxy(port: 12)] }
    }
    let warnings = NIOLockedValueBox<[StoreWarning]>([])
    let opened = try await store.open(warnings: { warning in warnings.withLockedValue { $0.append(warning) } })
    let session = try await opened.openSession()
    #expect(try await session.candidate(AccountID("a"))?.route == .proxy(try endpoint(port: 12), fallbacks: []))
    #expect(warnings.withLockedValue { $0 } == [.proxyIgnored(id: "pool-a-endpoint-0")])
    session.close()
    await opened.close()
  }

  @Test(
    "routing that is switched on without a usable default pool lets nobody go straight",
    arguments: [
      "UPDATE dashboard_settings SET upstream_proxy_default_pool_id = NULL",
      "UPDATE dashboard_settings SET upstream_proxy_default_pool_id = 'nowhere'",
      "UPDATE proxy_pools SET is_active = 0", "UPDATE proxy_endpoints SET is_active = 0",
    ])
  func noDefaultPool(change: String) async throws {
    let routes = try await routes(.codexLB, "PRAGMA foreign_keys = OFF; " + change) {
      StoredAccount("a")
      StoredSettings(routesThroughProxy: true, defaultProxies: [StoredProxy(port: 21)])
    }
    #expect(routes == [nil])
  }
}
