internal import JSONRPC
internal import Logging
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix

extension FleetServer {
  /// Lets connections in on a socket that listens already.
  ///
  /// All of them live on one event loop: what they do there is little, and the calls run elsewhere.
  func listen(on descriptor: CInt) async throws(ListeningError) {
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
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { [self] channel in
        channel.eventLoop.makeCompletedFuture { try welcome(channel) }
      }
    let listener: any Channel
    do {
      listener = try await bootstrap.withBoundSocket(descriptor).get()
    } catch {
      throw ListeningError(.system, path: socketPath, "cannot listen on \(socketPath): \(error)")
    }
    listener.closeFuture.whenComplete { [self] _ in
      guard lifecycle.withLockedValue({ $0.listenerClosed() }) else { return }
      logger.critical("the listening socket failed", metadata: ["socket": "\(socketPath)"])
      stop()
    }
    if !lifecycle.withLockedValue({ $0.listening(on: listener) }) { listener.close(promise: nil) }
  }

  /// Decides about a connection that was just accepted; runs on its event loop.
  private func welcome(_ channel: any Channel) throws {
    switch lifecycle.withLockedValue({ $0.admit(channel, limit: limits.connections) }) {
    case .admitted(let number):
      let (requests, continuation) = AsyncStream.makeStream(of: RPCRequest.self)
      var logger = logger
      logger[metadataKey: "connection"] = "\(number)"
      let handler = ConnectionHandler(limits: limits, requests: continuation, logger: logger)
      try channel.pipeline.syncOperations.addHandler(handler)
      acceptedContinuation.yield(
        Connection(number: number, requests: requests, channel: channel, handler: handler))
    case .full:
      logger.info("connection refused: too many are open", metadata: ["limit": "\(limits.connections)"])
      try channel.pipeline.syncOperations.addHandler(RefusalHandler(limit: limits.connections))
    case .closing:
      channel.close(promise: nil)
    }
  }
}
