internal import Glibc
internal import JSONRPC
internal import Logging
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix

extension FleetServer {
  /// Lets connections in on a socket that listens already.
  ///
  /// All of them live on one event loop: what they do there is little, and the calls run elsewhere.
  ///
  /// - Parameter replaces: whether nobody is let in on the other sockets from then on.
  func listen(on descriptor: CInt, replaces: Bool = false) async throws(ListeningError) {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let bootstrap = ServerBootstrap(group: loop)
      .serverChannelInitializer { [logger] channel in
        channel.eventLoop.makeCompletedFuture {
          // Out of descriptors or memory, the connection stays in the backlog and is accepted a little later.
          let backoff = AcceptBackoffHandler(shouldForwardIOErrorCaught: true) { _ in .milliseconds(100) }
          try channel.pipeline.syncOperations.addHandlers([backoff, AcceptErrorHandler(logger: logger)])
        }
      }
      .childChannelOption(.autoRead, value: false)
      // Most lines are short, and the memory for the next one is held as long as the connection.
      .childChannelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 256, initial: 512, maximum: 65_536)
      )
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { [self] channel in
        guard let options = channel as? any SocketOptionProvider else {
          return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        return options.unsafeGetSocketOption(level: SocketOptionLevel(SOL_SOCKET), name: SO_PEERCRED)
          .flatMap { [self] (peer: Peer) in
            verdict(on: peer, options).flatMapThrowing { [self] in try welcome(channel, from: peer, isAllowed: $0) }
          }
      }
    let listener: any Channel
    do {
      listener = try await bootstrap.withBoundSocket(descriptor).get()
      // NIO has had it listen once more, with room for 128 that wait, and takes no other wish for such a socket.
      try await listener.eventLoop.submit {
        if listener.isActive { _ = Glibc.listen(descriptor, SocketClaim.backlog) }
      }.get()
    } catch {
      throw ListeningError(.system, path: socketPath, "cannot listen on \(socketPath): \(error)")
    }
    guard lifecycle.withLockedValue({ $0.listening(on: listener) }) else { return listener.close(promise: nil) }
    // Added afterwards it is called at once if the channel has closed meanwhile.
    listener.closeFuture.whenComplete { [self] _ in
      guard lifecycle.withLockedValue({ $0.listenerClosed(listener) }) else { return }
      logger.critical("the listening socket failed", metadata: ["socket": "\(socketPath)"])
      stop()
    }
    guard replaces else { return }
    for other in lifecycle.withLockedValue({ $0.keepOnly(listener) }) { other.close(promise: nil) }
  }

  /// Whether a peer may connect; its further groups are asked for only where it depends on them.
  private func verdict(on peer: Peer, _ options: any SocketOptionProvider) -> EventLoopFuture<Bool> {
    let peers = rules.withLockedValue { $0.peers }
    if let verdict = peers.verdict(on: peer) { return options.eventLoop.makeSucceededFuture(verdict) }
    return options.unsafeGetSocketOption(level: SocketOptionLevel(SOL_SOCKET), name: SO_PEERGROUPS)
      .map { (groups: PeerGroups) in peers.allows(peer, groups) }
      .flatMapErrorThrowing { _ in false }
  }

  /// Decides about a connection that was just accepted; runs on its event loop.
  private func welcome(_ channel: any Channel, from peer: Peer, isAllowed: Bool) throws {
    var logger = logger
    logger[metadataKey: "uid"] = "\(peer.user)"
    logger[metadataKey: "pid"] = "\(peer.process)"
    func refuse(_ error: RPCError) throws {
      if refusals.withLockedValue({ $0.refused() }) {
        logger.info("connection refused", metadata: ["reason": "\(error.message)"])
        logFurtherRefusals(on: channel.eventLoop)
      }
      try channel.pipeline.syncOperations.addHandler(RefusalHandler(error))
    }
    let rules = rules.withLockedValue { $0 }
    let limits = rules.limits
    let isWatcher = peer.process == watcher
    guard isWatcher || isAllowed else {
      lifecycle.withLockedValue { $0.refuse() }
      return try refuse(.peerNotAllowed(user: peer.user, group: peer.group))
    }
    switch lifecycle.withLockedValue({ $0.admit(channel, of: isWatcher ? nil : peer.user, limits) }) {
    case .admitted(let number):
      logger[metadataKey: "connection"] = "\(number)"
      let handler = ConnectionHandler(
        limits: limits, budget: budget, knownAnswers: knownAnswers, owner: owner(of: number, logger), logger: logger)
      try channel.pipeline.syncOperations.addHandler(handler)
    case .full:
      try refuse(.tooManyConnections(limit: limits.connections))
    case .userIsFull:
      try refuse(.tooManyConnections(limit: limits.connectionsPerUser, ofUser: peer.user))
    case .closing:
      channel.close(promise: nil)
    }
  }

  /// After a pause, logs how many more connections were refused in it.
  private func logFurtherRefusals(on loop: any EventLoop) {
    loop.scheduleTask(in: .seconds(1)) { [self] in
      let count = refusals.withLockedValue { $0.pauseEnded() }
      guard count > 0 else { return }
      logger.info("more connections refused", metadata: ["count": "\(count)"])
      logFurtherRefusals(on: loop)
    }
  }

  private func owner(of number: Int, _ logger: Logger) -> ConnectionOwner {
    ConnectionOwner(
      begin: { [self] channel, handler in
        let (lines, continuation) = AsyncStream.makeStream(of: ClientLine.self)
        let connection = Connection(
          number: number, lines: lines, channel: channel, handler: handler, logger: logger)
        guard case .enqueued = begunContinuation.yield(connection) else { return nil }
        return continuation
      },
      forget: { [self] in connectionEnded(number) })
  }
}
