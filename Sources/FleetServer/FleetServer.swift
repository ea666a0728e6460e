public import Logging
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix

/// Serves the fleet's calls on a Unix socket.
///
/// Its life is one `run()`; `beginDraining()` and `stop()` may be called at any time, from anywhere, more than once.
public final class FleetServer: Sendable {
  /// The path of its socket.
  public let socketPath: String

  let limits: ServerLimits
  let peers: PeerPolicy
  let logger: Logger
  let lifecycle = NIOLockedValueBox(ServerLifecycle())
  let accepted: AsyncStream<Connection>
  let acceptedContinuation: AsyncStream<Connection>.Continuation
  private let service: any FleetCalls
  private let version: String
  private let fleetStatistics: @Sendable () -> FleetStatistics
  private let counters = CallCounters()
  let budget: MemoryBudget
  private let claim = NIOLockedValueBox<SocketClaim?>(nil)

  /// Makes a server that does not listen yet.
  ///
  /// - Parameters:
  ///   - service: what the calls are about.
  ///   - socketPath: where to listen, at most 107 bytes. A missing directory is made (one level, mode 0750); the socket
  ///     has mode 0660; `<socketPath>.lock` is made beside it and stays.
  ///   - limits: what one client may take.
  ///   - peers: who may connect.
  ///   - statistics: what the rest of the daemon counts.
  ///   - version: the daemon's version, as `daemon.health` tells it.
  ///   - logger: gets one line per call at debug level, and no params at any level.
  public init(
    service: any FleetCalls, socketPath: String, limits: ServerLimits = ServerLimits(),
    peers: PeerPolicy = PeerPolicy(), statistics: @escaping @Sendable () -> FleetStatistics, version: String,
    logger: Logger
  ) {
    self.service = service
    self.socketPath = socketPath
    self.limits = limits
    self.peers = peers
    fleetStatistics = statistics
    budget = MemoryBudget(limit: limits.bytesWaiting, fairShare: limits.fairShare)
    self.version = version
    self.logger = logger
    (accepted, acceptedContinuation) = AsyncStream.makeStream(of: Connection.self)
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
    let (claim, descriptor) = try SocketClaim.listen(at: socketPath)
    self.claim.withLockedValue { $0 = claim }
    defer { claim.release() }
    try await listen(on: descriptor)
    onListening()
    logger.info("listening", metadata: ["socket": "\(socketPath)"])
    let dispatcher = CallDispatcher(
      service: service, limits: limits, health: { self.health },
      statistics: { [started = ContinuousClock.now] in
        DaemonStatistics(
          health: self.health, uptime: .now - started, server: self.statistics, fleet: self.fleetStatistics())
      }, counters: counters)
    await withTaskCancellationHandler {
      await withDiscardingTaskGroup { group in
        for await connection in accepted {
          group.addTask { [lifecycle] in
            await ConnectionCalls(connection: connection, dispatcher: dispatcher).run()
            lifecycle.withLockedValue { $0.ended(number: connection.number) }
          }
        }
      }
    } onCancel: {
      stop()
    }
    if lifecycle.withLockedValue({ $0.listenerHasFailed }) {
      throw ListeningError(.listenerFailed, path: socketPath, "the listening socket \(socketPath) failed")
    }
  }

  private var health: DaemonHealth {
    DaemonHealth(isDraining: lifecycle.withLockedValue { $0.phase != .serving }, version: version)
  }

  /// Stops accepting connections and removes the socket file; connections that are open are served as before, and
  /// `daemon.health` tells them.
  public func beginDraining() {
    guard let listener = lifecycle.withLockedValue({ $0.drain() }) else { return }
    listener.close(promise: nil)
    claim.withLockedValue { $0 }?.removeFile()
  }

  /// Ends `run()`: no more lines are taken, the calls in flight are answered, the connections closed.
  ///
  /// A connection that takes longer than the limits' closing grace is cut off, and its calls are cancelled.
  public func stop() {
    let (listener, connections) = lifecycle.withLockedValue { $0.stop() }
    listener?.close(promise: nil)
    for connection in connections { connection.pipeline.fireUserInboundEventTriggered(ConnectionHandler.StopEvent()) }
    acceptedContinuation.finish()
  }

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
