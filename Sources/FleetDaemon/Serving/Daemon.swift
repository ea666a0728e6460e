internal import Fleet
internal import FleetSQLite
internal import FleetServer
internal import FleetSocket
internal import FleetUpstream
internal import Logging
internal import ServiceLifecycle

/// The daemon: store, upstream, core and server, put together and taken apart in order.
struct Daemon: Service {
  private let store: SQLiteFleetStore
  private let upstream: CodexUpstream
  private let refreshes: RefreshCoordinator
  private let background: BackgroundRefresh?
  private let server: FleetServer
  private let drainTimeout: Duration
  private let logger: Logger

  /// Opens what the settings name; nothing listens yet.
  ///
  /// - Throws: `StoreError`, or an upstream address's fault, with a text that says what to do.
  init(_ configuration: DaemonConfiguration, environment: [String: String], logger: Logger) async throws {
    let clock = SystemClock()
    upstream = try configuration.upstream(clock: clock)
    let selection = StoreSelection(configuration, environment: environment)
    store = try await selection.open(for: .serving) { logger.warning("\($0)") }
    refreshes = RefreshCoordinator(
      store: store, upstream: upstream, clock: clock, observer: LoggingObserver(logger: logger),
      limits: RefreshCoordinator.Limits(
        refreshesEnabled: configuration.usageRefresh == .on, refreshInterval: configuration.refreshInterval,
        concurrentFetches: configuration.maxConcurrentFetches))
    let activity = CallActivity(clock: clock)
    let service = FleetService(
      store: store, refreshes: refreshes, activity: activity, clock: clock,
      refreshInterval: configuration.refreshInterval)
    // Beside codex-lb nobody needs it: that one keeps its accounts fresh by itself.
    let refreshesUnasked = configuration.backgroundRefresh ?? (store.kind == .own ? .on : .off)
    background =
      configuration.usageRefresh == .on && refreshesUnasked == .on
      ? BackgroundRefresh(
        store: store, refreshes: refreshes, activity: activity, clock: clock,
        interval: configuration.refreshInterval, runsWhenIdle: configuration.idleBackground == .on)
      : nil
    server = FleetServer(
      service: service, socketPath: configuration.socketPath, limits: configuration.serverLimits,
      peers: configuration.peers,
      statistics: { [refreshes, store, upstream] in
        let requests = upstream.statistics
        return FleetStatistics(
          work: refreshes.statistics, sessions: store.sessionCounts, upstreamRequests: requests.requests,
          upstreamInFlight: requests.inFlight, upstreamConnectionsOpened: requests.connectionsOpened,
          storeKind: store.kind.rawValue)
      }, version: ProductVersion.current, logger: logger)
    drainTimeout = configuration.drainTimeout
    self.logger = logger
  }

  /// Serves until a graceful shutdown, then drains: no new connections and refreshes, answers for those that run, up to
  /// the drain limit; then new tokens are seen into the store, however long that takes, and upstream and store closed.
  func run() async throws {
    logger.info("starting", metadata: ["store": "\(store.path)", "kind": "\(store.kind.rawValue)"])
    let outcome = await serve()
    await refreshes.settleTokens()
    await upstream.shutdown()
    await closeStore()
    let statistics = refreshes.statistics
    let sessions = store.sessionCounts
    logger.info(
      "stopped",
      metadata: [
        "refreshes": "\(statistics.refreshes.started)", "refreshesRunning": "\(statistics.refreshes.inFlight)",
        "flights": "\(statistics.flights.started)", "flightsJoined": "\(statistics.flights.joined)",
        "flightsRunning": "\(statistics.flights.inFlight)", "exchanges": "\(statistics.exchanges.started)",
        "exchangesRunning": "\(statistics.exchanges.inFlight)", "sessions": "\(sessions.opened)",
        "sessionsOpen": "\(sessions.open)",
      ])
    try outcome.get()
  }

  /// How long a stop waits for work in the store that should take milliseconds.
  private static let closingLimit = Duration.seconds(5)

  /// Closes the store; a read or write that does not end is left to the end of the process, which loses nothing that
  /// was committed.
  private func closeStore() async {
    let (closing, continuation) = AsyncStream.makeStream(of: Void.self)
    Task.detached { [store] in
      await store.close()
      continuation.finish()
    }
    let isClosed = await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        for await _ in closing {}
        return !Task.isCancelled
      }
      group.addTask {
        try? await Task.sleep(for: Self.closingLimit)
        return false
      }
      defer { group.cancelAll() }
      return await group.next() ?? false
    }
    if !isClosed { logger.warning("the store is still at work; leaving it") }
  }

  /// Serves, and refreshes unasked meanwhile.
  private func serve() async -> Result<Void, any Error> {
    await withTaskGroup(of: Void.self) { group in
      if let background { group.addTask { await background.run() } }
      let outcome = await serveCalls()
      group.cancelAll()
      return outcome
    }
  }

  private func serveCalls() async -> Result<Void, any Error> {
    await withTaskGroup(of: Result<Void, any Error>.self) { group in
      group.addTask {
        do {
          try await server.run()
          return .success(())
        } catch {
          return .failure(error)
        }
      }
      group.addTask {
        await withGracefulShutdownHandler {
          // Ends without a shutdown only when serving itself has failed.
          guard (try? await gracefulShutdown()) != nil else { return }
          await drain()
        } onGracefulShutdown: {
          refreshes.closeAdmission()
          server.beginDraining()
        }
        return .success(())
      }
      var outcome = Result<Void, any Error>.success(())
      for await result in group {
        guard case .failure = result else { continue }
        outcome = result
        group.cancelAll()
      }
      return outcome
    }
  }

  private func drain() async {
    logger.info("draining", metadata: ["running": "\(refreshes.statistics.refreshes.inFlight)"])
    _ = await refreshes.drain(within: drainTimeout)
    server.stop()
  }
}
