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
  private let upstream: UsageEndpoint
  private let refreshes: RefreshCoordinator
  private let server: FleetServer
  private let drainTimeout: Duration
  private let logger: Logger

  /// Opens what the settings name; nothing listens yet.
  ///
  /// - Throws: `StoreError`, or the upstream address's fault, with a text that says what to do.
  init(_ configuration: DaemonConfiguration, environment: [String: String], logger: Logger) async throws {
    let clock = SystemClock()
    upstream = try configuration.usageEndpoint(clock: clock)
    let selection = StoreSelection(
      path: configuration.storePath, keyFile: configuration.keyFile, environment: environment)
    store = try await selection.open(for: .serving) { logger.warning("\($0)") }
    refreshes = RefreshCoordinator(
      store: store, upstream: upstream, clock: clock, observer: LoggingObserver(logger: logger),
      limits: RefreshCoordinator.Limits(
        refreshInterval: configuration.refreshInterval, concurrentFetches: configuration.maxConcurrentFetches))
    let service = FleetService(
      store: store, refreshes: refreshes, clock: clock, refreshInterval: configuration.refreshInterval)
    server = FleetServer(
      service: service, socketPath: configuration.socketPath, version: ProductVersion.current, logger: logger)
    drainTimeout = configuration.drainTimeout
    self.logger = logger
  }

  /// Serves until a graceful shutdown, then drains: no new connections and refreshes, answers for those that run, up to
  /// the drain limit; then upstream and store are closed.
  func run() async throws {
    logger.info("starting", metadata: ["store": "\(store.path)", "kind": "\(store.kind.rawValue)"])
    let outcome = await serve()
    await upstream.shutdown()
    await store.close()
    let statistics = refreshes.statistics
    let sessions = store.sessionCounts
    logger.info(
      "stopped",
      metadata: [
        "refreshes": "\(statistics.refreshes.started)", "refreshesRunning": "\(statistics.refreshes.inFlight)",
        "flights": "\(statistics.flights.started)", "flightsJoined": "\(statistics.flights.joined)",
        "flightsRunning": "\(statistics.flights.inFlight)", "sessions": "\(sessions.opened)",
        "sessionsOpen": "\(sessions.open)",
      ])
    try outcome.get()
  }

  private func serve() async -> Result<Void, any Error> {
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
