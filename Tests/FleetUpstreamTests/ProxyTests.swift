import Fleet
import Glibc
import ProxySimulator
import Testing
import UpstreamSimulator

@testable import FleetUpstream

@Suite("routes through proxies", .timeLimit(.minutes(1)))
struct ProxyTests {
  typealias Scheme = ProxyEndpoint.Scheme

  private static func kind(_ scheme: Scheme) -> ProxySimulator.Kind { scheme == .http ? .http : .socks5 }

  private static func endpoint(
    _ scheme: Scheme, _ proxy: ProxySimulator, _ credentials: ProxySimulator.Credentials? = nil
  ) throws -> ProxyEndpoint {
    try endpoint(scheme, port: proxy.port, credentials)
  }

  private static func endpoint(
    _ scheme: Scheme, port: Int, _ credentials: ProxySimulator.Credentials? = nil
  ) throws -> ProxyEndpoint {
    try #require(
      ProxyEndpoint(
        scheme: scheme, host: "127.0.0.1", port: port,
        credentials: credentials.map {
          ProxyEndpoint.Credentials(username: $0.username, password: Secret($0.password))
        }))
  }

  /// An address where nobody listens: a listening socket's that was just closed.
  private static func deadPort() throws -> Int {
    let proxy = try ProxySimulator(.http)
    proxy.stop()
    return proxy.port
  }

  @Test("a question goes through the proxy, and no other way", arguments: [Scheme.http, .socks5, .socks5h])
  func through(scheme: Scheme) async throws {
    try await UpstreamFixture.with { fixture in
      let proxy = try ProxySimulator(Self.kind(scheme))
      defer { proxy.stop() }
      var request = fixture.request
      request.route = .proxy(try Self.endpoint(scheme, proxy), fallbacks: [])
      for _ in 0..<3 { #expect(await fixture.endpoint.usage(for: request).payload != nil) }
      #expect(proxy.counters.tunnels == ["127.0.0.1:\(fixture.simulator.port)"])
      #expect(fixture.simulator.counters.connectionsAccepted == proxy.counters.tunnels.count)
      // A direct question takes a connection of its own, never one of the proxy's.
      #expect(await fixture.ask().payload != nil)
      #expect(fixture.simulator.counters.connectionsAccepted == 2)
    }
  }

  @Test("a name that only the proxy can resolve is left to it", arguments: [Scheme.http, .socks5h])
  func remoteNames(scheme: Scheme) async throws {
    try await UpstreamFixture.with { fixture in
      let proxy = try ProxySimulator(Self.kind(scheme))
      defer { proxy.stop() }
      let endpoint = try UsageEndpoint(
        baseURL: "http://upstream.invalid:\(fixture.simulator.port)", driver: fixture.driver, userAgent: "tests",
        clock: fixture.clock)
      var request = fixture.request
      request.route = .proxy(try Self.endpoint(scheme, proxy), fallbacks: [])
      #expect(await endpoint.usage(for: request).payload != nil)
      #expect(proxy.counters.tunnels == ["upstream.invalid:\(fixture.simulator.port)"])
    }
  }

  @Test("name and password are presented, and only those of the endpoint", arguments: [Scheme.http, .socks5, .socks5h])
  func credentials(scheme: Scheme) async throws {
    try await UpstreamFixture.with { fixture in
      let credentials = ProxySimulator.Credentials(username: "me", password: "pass:wörd")
      let proxy = try ProxySimulator(Self.kind(scheme), credentials: credentials)
      defer { proxy.stop() }
      var request = fixture.request
      request.route = .proxy(try Self.endpoint(scheme, proxy, credentials), fallbacks: [])
      #expect(await fixture.endpoint.usage(for: request).payload != nil)
      let wrong = ProxySimulator.Credentials(username: "me", password: "wrong")
      for route in [try Self.endpoint(scheme, proxy, wrong), try Self.endpoint(scheme, proxy)] {
        request.route = .proxy(route, fallbacks: [])
        #expect(await fixture.endpoint.usage(for: request) == .failure(UpstreamFailure(.proxyUnreachable)))
      }
      #expect(proxy.counters.tunnels.count == 1)
      #expect(fixture.simulator.counters.usageRequests == 1)
    }
  }

  @Test("two names at one proxy never share a connection", arguments: [Scheme.http, .socks5])
  func separateCredentials(scheme: Scheme) async throws {
    try await UpstreamFixture.with { fixture in
      let credentials = ProxySimulator.Credentials(username: "me", password: "secret")
      let proxy = try ProxySimulator(Self.kind(scheme), credentials: credentials)
      defer { proxy.stop() }
      var request = fixture.request
      request.route = .proxy(try Self.endpoint(scheme, proxy, credentials), fallbacks: [])
      #expect(await fixture.endpoint.usage(for: request).payload != nil)
      request.route = .proxy(
        try Self.endpoint(scheme, proxy, .init(username: "other", password: "secret")), fallbacks: [])
      #expect(await fixture.endpoint.usage(for: request) == .failure(UpstreamFailure(.proxyUnreachable)))
    }
  }

  @Test(
    "a proxy that fails is followed by the next, in order; the upstream is asked once",
    arguments: [ProxySimulator.Behaviour.refuse, .hangUp, .silent])
  func fallbacks(behaviour: ProxySimulator.Behaviour) async throws {
    try await UpstreamFixture.with(timeLimit: .milliseconds(1_500)) { fixture in
      let first = try ProxySimulator(.http, behaviour: behaviour)
      let second = try ProxySimulator(.socks5)
      let third = try ProxySimulator(.http)
      defer { for proxy in [first, second, third] { proxy.stop() } }
      var request = fixture.request
      request.route = .proxy(
        try Self.endpoint(.http, first),
        fallbacks: [
          try Self.endpoint(.http, port: try Self.deadPort()), try Self.endpoint(.socks5, second),
          try Self.endpoint(.http, third),
        ])
      #expect(await fixture.endpoint.usage(for: request).payload != nil)
      #expect(first.counters.connections == 1 && first.counters.tunnels.isEmpty)
      #expect(second.counters.tunnels.count == 1 && third.counters.connections == 0)
      #expect(fixture.simulator.counters.usageRequests == 1)
    }
  }

  @Test("when no proxy lets it through, a question fails, and never goes straight", arguments: [Scheme.http, .socks5h])
  func failsClosed(scheme: Scheme) async throws {
    try await UpstreamFixture.with { fixture in
      let proxy = try ProxySimulator(Self.kind(scheme), behaviour: .refuse)
      defer { proxy.stop() }
      var request = fixture.request
      request.route = .proxy(
        try Self.endpoint(scheme, port: try Self.deadPort()), fallbacks: [try Self.endpoint(scheme, proxy)])
      #expect(await fixture.endpoint.usage(for: request) == .failure(UpstreamFailure(.proxyUnreachable)))
      #expect(proxy.counters.connections > 0)
      #expect(fixture.simulator.counters.connectionsAccepted == 0)
    }
  }

  @Test("what a proxy answers itself is never taken for the upstream's answer")
  func proxyAnswers() async throws {
    // A proxy that is asked for a tunnel and answers 404, which from the upstream would end the account.
    try await UpstreamFixture.with { fixture in
      let web = try await UpstreamSimulator.start()
      var request = fixture.request
      request.route = .proxy(try Self.endpoint(.http, port: web.port), fallbacks: [])
      #expect(await fixture.endpoint.usage(for: request) == .failure(UpstreamFailure(.proxyUnreachable)))
      await web.stop()
    }
  }

  @Test("lists of hosts in the environment, to be reached without a proxy, have no say")
  func noProxyVariable() async throws {
    try await UpstreamFixture.with { fixture in
      setenv("no_proxy", "127.0.0.1,localhost", 1)
      defer { unsetenv("no_proxy") }
      let proxy = try ProxySimulator(.http)
      defer { proxy.stop() }
      var request = fixture.request
      request.route = .proxy(try Self.endpoint(.http, proxy), fallbacks: [])
      #expect(await fixture.endpoint.usage(for: request).payload != nil)
      #expect(proxy.counters.tunnels.count == 1)
    }
  }

  @Test("a token is presented through the next proxy when the first was not reached, and never twice")
  func exchanges() async throws {
    try await UpstreamFixture.with { fixture in
      let refusing = try ProxySimulator(.http, behaviour: .refuse)
      let proxy = try ProxySimulator(.http)
      let unused = try ProxySimulator(.http)
      defer { for proxy in [refusing, proxy, unused] { proxy.stop() } }
      let route = UpstreamRoute.proxy(
        try Self.endpoint(.http, port: try Self.deadPort()),
        fallbacks: [
          try Self.endpoint(.http, refusing), try Self.endpoint(.http, proxy), try Self.endpoint(.http, unused),
        ])
      let request = TokenRequest(refreshToken: Secret(fixture.refreshToken), route: route)
      guard case .tokens = await fixture.tokens.exchange(request) else { throw Unexpected("there are new tokens") }
      // The upstream gets it and hangs up: from then on nobody may present it again.
      fixture.simulator.behave(UpstreamBehaviour(.dropInBody), call: .token)
      let next = TokenRequest(refreshToken: Secret(fixture.refreshToken), route: route)
      #expect(await fixture.tokens.exchange(next) == .failure(UpstreamFailure(.unreachable)))
      #expect(fixture.simulator.counters.tokenRequests == 2)
      #expect(unused.counters.connections == 0)
    }
  }
}
