internal import StoreBuilder
internal import UpstreamSimulator

extension Stage {
  /// An upstream that knows the accounts of a store, and the store.
  func upstreamAndStore(
    accounts: Int, latency: Duration, history: Int
  ) async throws -> (UpstreamSimulator, OwnStore) {
    let upstream = try await UpstreamSimulator.start()
    upstream.behave(UpstreamBehaviour(latency: latency))
    let store = try await MadeStore.make(accounts: accounts, history: history) { account in
      upstream.add(
        SimulatedAccount(
          id: account.id, plan: account.plan, chatGPTAccountID: account.chatGPTAccountID,
          usage: .init(
            primary: .init(usedPercent: 25, limitWindowSeconds: 18_000, resetAfterSeconds: 3_600),
            secondary: .init(usedPercent: 40, limitWindowSeconds: 604_800, resetAfterSeconds: 86_400))))
      return account.with {
        $0.accessToken = upstream.accessToken(of: account.id)
        $0.refreshToken = upstream.refreshToken(of: account.id)
      }
    }
    return (upstream, store)
  }

  /// Runs `body` beside a daemon with one subscriber, whose accounts are all refreshed about once a second.
  func withBusyDaemon(
    accounts: Int, _ body: (ServerProcess) async throws -> [Figure]
  ) async throws -> [Figure] {
    let (upstream, store) = try await upstreamAndStore(accounts: accounts, latency: .milliseconds(20), history: 3)
    defer { withExtendedLifetime(store) {} }
    let figures = try await withDaemon(
      store: store.path,
      settings: ["upstream-url": upstream.baseURL, "auth-url": upstream.baseURL, "refresh-interval": "1"]
    ) { daemon in
      let subscriber = try Subscriber(daemon.socket)
      // So much longer than a sample counts as fresh that every refresh finds every account stale.
      let refresher = BackgroundLoad(
        FleetCall("fleet.refresh"), at: daemon, Load.Plan(seconds: 86_400, warmUp: 0, interval: 1.3))
      let clock = ContinuousClock()
      let (begun, before) = (clock.now, upstream.counters.usageRequests)
      let figures = try await body(daemon)
      let seconds = (clock.now - begun) / .seconds(1)
      let written = Double(upstream.counters.usageRequests - before) / seconds
      let refreshes = try await refresher.end()
      return figures + [
        Figure("accounts refreshed a second meanwhile", written, "/s"),
        Figure("median of those refreshes", refreshes.latency(50) / 1_000, "ms"),
        Figure("told to the subscriber", Double(await subscriber.end()) / 1_048_576 / seconds, "MiB/s"),
      ]
    }
    await upstream.stop()
    return figures
  }
}
