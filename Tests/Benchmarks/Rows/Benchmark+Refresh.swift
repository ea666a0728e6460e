internal import Fleet
internal import FleetSQLite
internal import FleetUpstream
internal import StoreBuilder
internal import UpstreamSimulator

extension Benchmark {
  /// A refresh whose time is the upstream's.
  static let thousandRefreshes = Benchmark(
    name: "refresh-1000", title: "refresh of 1,000 stale accounts, 200 ms upstream, 64 at once"
  ) { stage in
    let (accounts, latency, slots) = (1_000, 0.2, 64)
    let ideal = (Double(accounts) / Double(slots)).rounded(.up) * latency
    var ratios: [Double] = []
    for _ in 0..<stage.choose(quick: 1, full: 3) {
      let (upstream, store) = try await stage.upstreamAndStore(
        accounts: accounts, latency: .seconds(latency), history: 0)
      let seconds = try await stage.withDaemon(
        store: store.path,
        settings: [
          "upstream-url": upstream.baseURL, "auth-url": upstream.baseURL, "max-concurrent-fetches": "\(slots)",
        ]
      ) { daemon in
        let connection = try OpenConnections(daemon.socket, count: 1)
        let clock = ContinuousClock()
        let begun = clock.now
        _ = try connection.answer(to: FleetCall("fleet.refresh"), of: 0)
        return (clock.now - begun) / .seconds(1)
      }
      guard upstream.counters.usageRequests == accounts else {
        throw BenchmarkFailure("\(upstream.counters.usageRequests) of \(accounts) accounts were asked for")
      }
      await upstream.stop()
      ratios.append(seconds / ideal)
    }
    var shares: [Double] = []
    for _ in 0..<stage.choose(quick: 1, full: 3) {
      shares.append(
        try await stage.databaseShare(accounts: accounts, latency: .seconds(latency), slots: slots))
    }
    return [
      Figure("time to the ideal time", ratios.median, "", .atMost(1.15)),
      Figure("database's share of that time", shares.median * 100, "%", .atMost(5)),
      Figure("ideal time", ideal, "s"),
    ]
  }

  /// What a refresh does to those who only look.
  static let summaryDuringRefresh = Benchmark(
    name: "summary-during-refresh", title: "summary's p99 at 500 calls a second while that refresh runs, against idle"
  ) { stage in
    var ratios: [Double] = []
    var (idles, busies): ([Load], [Load]) = ([], [])
    for _ in 0..<stage.choose(quick: 1, full: 3) {
      let (upstream, store) = try await stage.upstreamAndStore(
        accounts: 1_000, latency: .milliseconds(200), history: 3)
      // The rows are some seconds old, which has to count as stale.
      try store.execute("UPDATE usage_history SET recorded_at = '2026-01-01 09:00:00.000000'")
      try await stage.withDaemon(
        store: store.path,
        settings: ["upstream-url": upstream.baseURL, "auth-url": upstream.baseURL, "max-concurrent-fetches": "64"]
      ) { daemon in
        let plan = Load.Plan(seconds: 3, interval: 0.002)
        let idle = try await Load.run(.summary, at: daemon, plan)
        let refresh = BackgroundLoad(
          FleetCall("fleet.refresh"), at: daemon, Load.Plan(seconds: 86_400, warmUp: 0, mostCalls: 1, interval: 1))
        let busy = try await Load.run(.summary, at: daemon, plan)
        _ = try await refresh.end()
        idles.append(idle)
        busies.append(busy)
        ratios.append(busy.latency(99) / idle.latency(99))
      }
      await upstream.stop()
    }
    return [
      Figure("p99, refreshing to idle", ratios.median, "", .atMost(2)),
      Figure("p99 when idle", idles.map { $0.latency(99) }.median, "µs"),
      Figure("p99 while refreshing", busies.map { $0.latency(99) }.median, "µs"),
      Figure("p50 when idle", idles.map { $0.latency(50) }.median, "µs"),
      Figure("p50 while refreshing", busies.map { $0.latency(50) }.median, "µs"),
    ]
  }
}

extension Stage {
  /// The share of a refresh's time in which transactions run, told by the store of a refresh within this process.
  func databaseShare(accounts: Int, latency: Duration, slots: Int) async throws -> Double {
    let (upstream, made) = try await upstreamAndStore(accounts: accounts, latency: latency, history: 0)
    let store = try await made.open()
    let clock = MachineClock()
    let source = try CodexUpstream(
      usageURL: upstream.baseURL, authURL: upstream.baseURL, userAgent: "fleet-benchmarks", clock: clock)
    let coordinator = RefreshCoordinator(
      store: store, upstream: source, clock: clock, observer: SilentObserver(),
      settings: RefreshSettings(concurrentFetches: slots))
    // With somebody who looks, as it usually is: the state is carried on from write to write.
    _ = try await store.state()
    let (begun, before) = (clock.uptime, store.transactionTime)
    let report = try await coordinator.refresh(.all)
    let share = (store.transactionTime - before) / (clock.uptime - begun)
    guard report.usageWritten else { throw BenchmarkFailure("the refresh wrote nothing") }
    await source.shutdown()
    await store.close()
    await upstream.stop()
    return share
  }
}
