internal import Fleet
internal import FleetSQLite
internal import FleetServer
internal import FleetSocket
internal import FleetUpstream
internal import Glibc
internal import Logging
internal import ServiceLifecycle

/// The daemon: store, upstream, core and server, put together and taken apart in order.
struct Daemon: Service {
  let store: SQLiteFleetStore
  private let upstream: CodexUpstream
  let refreshes: RefreshCoordinator
  let activity: CallActivity
  let server: FleetServer
  private let notifier: ServiceNotifier
  private let watchdog: Watchdog?
  let isActivated: Bool
  let settings: LiveConfiguration
  let clock = SystemClock()
  let logger: Logger

  /// Opens what the settings name; nothing listens yet.
  ///
  /// - Throws: `StoreError`, or the fault of an upstream address or of a socket that systemd passed, with a text that
  ///   says what to do.
  init(_ settings: LiveConfiguration, environment: [String: String], logger: Logger) async throws {
    let configuration = settings.current
    notifier = ServiceNotifier(environment)
    watchdog = Watchdog(environment, notifier: notifier, clock: clock, logger: logger)
    let passedSockets = try ActivationSockets.passed(environment)
    isActivated = !passedSockets.isEmpty
    upstream = try configuration.upstream(clock: clock)
    let selection = StoreSelection(configuration, environment: environment)
    store = try await selection.open(for: .serving) { logger.warning("\($0)") }
    refreshes = RefreshCoordinator(
      store: store, upstream: upstream, clock: clock,
      observer: Observers([LoggingObserver(logger: logger), NotifyingObserver(notifier: notifier, clock: clock)]),
      settings: configuration.refreshSettings)
    activity = CallActivity(clock: clock)
    let service = FleetService(
      store: store, refreshes: refreshes, activity: activity, clock: clock)
    server = FleetServer(
      service: service, socketPath: configuration.socketPath, passedSockets: passedSockets,
      limits: Self.limits(configuration, logger), peers: configuration.peers, watcher: getpid(), clock: clock,
      statistics: { [refreshes, store, upstream] in
        let requests = upstream.statistics
        return FleetStatistics(
          work: refreshes.statistics, sessions: store.sessionCounts, upstreamRequests: requests.requests,
          upstreamInFlight: requests.inFlight, upstreamConnectionsOpened: requests.connectionsOpened,
          storeKind: store.kind.rawValue)
      }, version: ProductVersion.current, logger: logger)
    self.settings = settings
    self.logger = logger
    if isActivated, !passedSockets.contains(where: { $0.path == configuration.socketPath }),
      configuration.listing.isGiven(SettingCatalogue.socket)
    {
      logger.warning(
        "the setting socket is not used: systemd has opened the socket, as its socket unit says",
        metadata: ["socket": "\(server.socketPath)"])
    }
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

  /// Serves, and does meanwhile what nobody asks for.
  private func serve() async -> Result<Void, any Error> {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await refreshUnasked() }
      group.addTask { await pruneHistory() }
      let outcome = await serveCalls()
      group.cancelAll()
      return outcome
    }
  }

  private func serveCalls() async -> Result<Void, any Error> {
    let (start, started) = AsyncStream.makeStream(of: Never.self)
    return await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await withGracefulShutdownHandler {
          // Ends without a shutdown only when serving has ended otherwise.
          guard (try? await gracefulShutdown()) != nil else { return }
          await drain()
        } onGracefulShutdown: {
          refreshes.closeAdmission()
          beginStopping()
        }
      }
      group.addTask {
        for await _ in start {}
        await watchdog?.run(socketPath: server.socketPath, isPassed: isActivated) { [server] in server.isServing }
      }
      group.addTask {
        for await _ in start {}
        if await idles() { await drain() }
      }
      group.addTask {
        for await _ in start {}
        await keepSocket()
      }
      defer { group.cancelAll() }
      do {
        try await server.run { [notifier, server, logger] in
          notifier.ready("Serving at \(server.socketPath)")
          if let fault = SharedDirectory.fault(around: server.socketPath) { logger.warning("\(fault)") }
          started.finish()
        }
        return .success(())
      } catch let error as ListeningError {
        return .failure(ConfigurationError(settings.current.words(for: error)))
      } catch {
        return .failure(error)
      }
    }
  }

  /// Lets nobody in from now on. systemd is told first: it then wants no more signs of life.
  func beginStopping() {
    notifier.stopping(
      "Stopping; \(refreshes.statistics.refreshes.inFlight) refreshes are running",
      within: settings.current.drainTimeout + Self.closingLimit)
    server.beginDraining()
  }

  private func drain() async {
    // Whoever came in at the last moment may have used up the time that was asked for.
    notifier.stillStopping("Stopping", within: settings.current.drainTimeout + Self.closingLimit)
    logger.info("draining", metadata: ["running": "\(refreshes.statistics.refreshes.inFlight)"])
    _ = await refreshes.drain(within: settings.current.drainTimeout)
    // Who was let in at the last moment is to be known before everybody's connection is closed in order.
    await server.listenersClosed()
    server.stop()
  }
}
