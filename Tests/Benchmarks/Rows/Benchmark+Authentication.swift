internal import Fleet
internal import FleetSQLite
internal import FleetServer
internal import StoreBuilder

extension Benchmark {
  /// What checking the key costs of a call that costs little else.
  static let authenticationShare = Benchmark(
    name: "authentication-share", title: "authentication's share of a cached summary call of 100 accounts"
  ) { stage in
    let cost = try await stage.authenticationCost()
    let store = try await MadeStore.make(accounts: 100)
    let call = try await stage.withDaemon(store: store.path) { daemon in
      _ = try FleetCall.summary.answer(at: daemon.socket)
      return try await Duel.run(
        .summary, daemon: daemon, echo: daemon, rounds: 3, Load.Plan(connections: 8, seconds: 1)
      ).ofDaemon(\.processorMicroseconds)
    }
    return [
      Figure("share of a call's time on a core", cost.whole / 10 / call, "%", .atMost(10)),
      Figure("authentication", cost.whole, "ns"), Figure("call", call, "µs"),
    ]
  }
}

extension Stage {
  /// What it takes to find the caller behind a token, in nanoseconds: of that, the token's digest; and all.
  ///
  /// That the store is still in the state that is known has to be found out for the accounts as well; it does not count.
  func authenticationCost() async throws -> (digest: Double, whole: Double) {
    let store = try await MadeStore.make(accounts: 1)
    let opened = try await store.open()
    let clock = MachineClock()
    let service = FleetService(
      store: opened,
      refreshes: RefreshCoordinator(
        store: opened, upstream: NoUpstream(), clock: clock, observer: SilentObserver(),
        settings: RefreshSettings(isEnabled: false)),
      activity: CallActivity(clock: clock), clock: clock)
    // A state, and then the key in it.
    _ = try await opened.state()
    _ = try await service.caller(holding: MadeStore.digest)
    let token = MadeStore.token
    let digest = Repetition.cost(self) { APIKeyDigest(ofToken: token).hexadecimal.utf8.count }
    let look = Repetition.cost(self) { service.lookAtOnce(holding: APIKeyDigest(ofToken: token)) == nil ? 0 : 1 }
    let state = Repetition.cost(self) { opened.knownState() == nil ? 0 : 1 }
    await opened.close()
    return (digest, look - state)
  }
}

/// A provider that nobody asks.
private struct NoUpstream: UsageUpstream, TokenUpstream {
  func usage(for request: UsageRequest) async -> UsageAnswer { .failure(UpstreamFailure(.unreachable)) }
  func exchange(_ request: TokenRequest) async -> TokenAnswer { .failure(UpstreamFailure(.unreachable)) }
}
