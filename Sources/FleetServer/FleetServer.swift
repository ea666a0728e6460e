public import Fleet
public import Logging
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix

/// Serves the fleet's calls on a Unix socket.
///
/// Its life is one `run()`; `beginDraining()` and `stop()` may be called at any time, from anywhere, more than once.
public final class FleetServer: Sendable {
  /// Where clients find it: the path of its socket, or of the first one that was passed.
  public let socketPath: String

  let rules: NIOLockedValueBox<ConnectionRules>
  let logger: Logger
  let lifecycle = NIOLockedValueBox(ServerLifecycle())
  /// Connections whose calls are to be run.
  private let begun: AsyncStream<Connection>
  let begunContinuation: AsyncStream<Connection>.Continuation
  /// Ends when the server has stopped and the last connection is gone.
  private let life: AsyncStream<Never>
  private let lifeContinuation: AsyncStream<Never>.Continuation
  private let service: any FleetCalls
  private let clock: any FleetClock
  private let version: String
  private let fleetStatistics: @Sendable () -> FleetStatistics
  private let counters: CallCounters
  private let renderings: SummaryRenderings
  let knownAnswers: KnownAnswers
  let budget: MemoryBudget
  /// The process whose connections are let in whatever the limits are, and not counted.
  let watcher: Int32?
  private let passedSockets: [PassedSocket]
  let refusals = NIOLockedValueBox(RefusalPace())
  private let closedListeners = NIOLockedValueBox<[any Channel]>([])
  private let claim = NIOLockedValueBox<SocketClaim?>(nil)

  /// Makes a server that does not listen yet.
  ///
  /// - Parameters:
  ///   - service: what the calls are about.
  ///   - socketPath: where to listen, at most 107 bytes. A missing directory is made (one level, mode 0750); the socket
  ///     has mode 0660; `<socketPath>.lock` is made beside it and stays.
  ///   - passedSockets: sockets that listen already; when there are any, the path is left alone.
  ///   - limits: what one client may take.
  ///   - peers: who may connect.
  ///   - watcher: the process that finds out whether the server answers, usually its own: its connections are let in
  ///     whatever limits and peers are, and are not counted.
  ///   - clock: what subscriptions wait by.
  ///   - statistics: what the rest of the daemon counts.
  ///   - version: the daemon's version, as `daemon.health` tells it.
  ///   - logger: gets one line per call at debug level, and no params at any level.
  public init(
    service: any FleetCalls, socketPath: String, passedSockets: [PassedSocket] = [],
    limits: ServerLimits = ServerLimits(), peers: PeerPolicy = PeerPolicy(), watcher: Int32? = nil,
    clock: any FleetClock, statistics: @escaping @Sendable () -> FleetStatistics, version: String, logger: Logger
  ) {
    self.service = service
    self.socketPath = passedSockets.first?.path ?? socketPath
    self.passedSockets = passedSockets
    self.watcher = watcher
    self.clock = clock
    rules = NIOLockedValueBox(ConnectionRules(limits: limits, peers: peers))
    fleetStatistics = statistics
    budget = MemoryBudget(limit: limits.bytesWaiting, fairShare: limits.fairShare)
    counters = CallCounters()
    renderings = SummaryRenderings(capacity: limits.renderedBytes)
    knownAnswers = KnownAnswers(service: service, renderings: renderings, counters: counters)
    self.version = version
    self.logger = logger
    (begun, begunContinuation) = AsyncStream.makeStream(of: Connection.self)
    (life, lifeContinuation) = AsyncStream.makeStream(of: Never.self)
  }

  /// Listens and serves until `stop()`; returns when every connection is closed and every call has ended.
  ///
  /// Cancelling the calling task stops the server and cancels the calls in flight. A server that has run, or was
  /// stopped before, returns at once.
  ///
  /// - Parameter onListening: called once, when clients can connect.
  /// - Throws: `ListeningError` when the path cannot be had, or the listening socket fails.
  public func run(onListening: @Sendable () -> Void = {}) async throws(ListeningError) {
    guard lifecycle.withLockedValue({ $0.start() }) else { return }
    defer { claim.withLockedValue { $0.take() }?.release() }
    try await listen()
    onListening()
    let dispatcher = CallDispatcher(
      service: service, limits: rules.withLockedValue { $0.limits }, health: { self.health },
      statistics: { [started = ContinuousClock.now] in
        DaemonStatistics(
          health: self.health, uptime: .now - started, server: self.statistics, fleet: self.fleetStatistics())
      }, counters: counters, renderings: renderings, clock: clock)
    await withTaskCancellationHandler {
      await withDiscardingTaskGroup { group in
        for await connection in begun {
          group.addTask { [self] in
            await ConnectionCalls(connection: connection, dispatcher: dispatcher).run()
            connectionEnded(connection.number)
          }
        }
      }
      for await _ in life {}
    } onCancel: {
      stop()
    }
    if lifecycle.withLockedValue({ $0.listenerHasFailed }) {
      throw ListeningError(.listenerFailed, path: socketPath, "the listening socket \(socketPath) failed")
    }
  }

  /// A connection is gone, and its calls have ended if they were begun.
  func connectionEnded(_ number: Int) {
    let isOver = lifecycle.withLockedValue { lifecycle in
      lifecycle.ended(number: number)
      return lifecycle.isOver
    }
    if isOver { lifeContinuation.finish() }
  }

  /// Listens on the sockets that were passed, else on one of its own.
  private func listen() async throws(ListeningError) {
    for socket in passedSockets {
      try await listen(on: socket.descriptor)
      logger.info("listening", metadata: ["socket": "\(socket.path)", "passedAs": "\(socket.name)"])
    }
    guard passedSockets.isEmpty else { return }
    let (claim, descriptor) = try SocketClaim.listen(at: socketPath)
    self.claim.withLockedValue { $0 = claim }
    try await listen(on: descriptor)
    logger.info("listening", metadata: ["socket": "\(socketPath)"])
  }

  /// Listens anew where the file of its own socket is gone, so that clients find it again; connections that are open stay.
  ///
  /// - Returns: whether it was gone.
  /// - Throws: `ListeningError` when something else stands at the path, or the path cannot be had again.
  public func restoreSocket() async throws(ListeningError) -> Bool {
    guard isServing, let claim = claim.withLockedValue({ $0 }), !claim.isInPlace else { return false }
    let descriptor = try claim.renew()
    do throws(ListeningError) {
      try await listen(on: descriptor, replaces: true)
      return true
    } catch {
      // Nobody listens there; with the file in place it would not be tried again.
      claim.removeFile()
      throw error
    }
  }

  /// Has connections from now on go by other limits and let other peers in; those that are open stay as they are.
  public func apply(limits: ServerLimits, peers: PeerPolicy) {
    rules.withLockedValue { $0 = ConnectionRules(limits: limits, peers: peers) }
  }

  private var health: DaemonHealth {
    DaemonHealth(isDraining: lifecycle.withLockedValue { $0.phase != .serving }, version: version)
  }

  /// Stops accepting connections and removes its own socket file; connections that are open are served as before, and
  /// `daemon.health` tells them.
  public func beginDraining() {
    guard let listeners = lifecycle.withLockedValue({ $0.drain() }) else { return }
    closedListeners.withLockedValue { $0 = listeners }
    for listener in listeners { listener.close(promise: nil) }
    claim.withLockedValue { $0 }?.removeFile()
  }

  /// Returns when no more connections can come in after `beginDraining()`: all that did are known then.
  public func listenersClosed() async {
    for listener in closedListeners.withLockedValue({ $0 }) { try? await listener.closeFuture.get() }
  }

  /// Whether clients can connect.
  public var isServing: Bool { lifecycle.withLockedValue { $0.isServing } }

  /// Ends `run()`: no more lines are taken, the calls in flight are answered, the connections closed.
  ///
  /// A connection that takes longer than the limits' closing grace is cut off, and its calls are cancelled.
  public func stop() {
    let (listeners, connections) = lifecycle.withLockedValue { $0.stop() }
    for listener in listeners { listener.close(promise: nil) }
    for connection in connections { connection.pipeline.fireUserInboundEventTriggered(ConnectionHandler.StopEvent()) }
    begunContinuation.finish()
    if lifecycle.withLockedValue({ $0.isOver }) { lifeContinuation.finish() }
  }

  /// Since when no client has been connected; nil while one is.
  public var idleSince: ContinuousClock.Instant? { lifecycle.withLockedValue { $0.idleSince } }

  /// What the server has done and does now.
  public var statistics: ServerStatistics {
    var statistics = ServerStatistics()
    lifecycle.withLockedValue {
      statistics.connectionsAccepted = $0.accepted
      statistics.connectionsRefused = $0.refused
      statistics.connectionsOpen = $0.openConnections
    }
    (statistics.callsStarted, statistics.callsInFlight) = counters.calls
    (statistics.subscriptionsStarted, statistics.subscriptionsOpen) = counters.subscriptions
    return statistics
  }
}
