internal import FleetSocket
internal import Glibc
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix

extension FleetClient {
  /// The connection in use, or a new one.
  func connection() async throws -> ClientConnection {
    while true {
      try Task.checkCancellation()
      switch link.withLockedValue({ $0.acquire(on: loop) }) {
      case .use(let connection):
        if connection.isUsable { return connection }
        link.withLockedValue { $0.lost(connection) }
      case .wait(let future):
        return try await future.get()
      case .connect(let promise):
        connect(promise)
        return try await promise.futureResult.get()
      case .closed:
        throw Failure.closed
      }
    }
  }

  private func connect(_ promise: EventLoopPromise<ClientConnection>) {
    if let fault = SocketPath.fault(in: socketPath) {
      let failure = Failure.unreachable(path: socketPath, reason: fault)
      link.withLockedValue { $0.failed() }
      promise.fail(failure)
      return
    }
    // Kept apart from the channel, which a daemon that lets nobody in may have closed by the time it is there.
    let calls = PendingCallTable()
    ClientBootstrap(group: loop)
      .channelInitializer { [maximumAnswerLength] channel in
        channel.eventLoop.makeCompletedFuture {
          let handler = AnswerHandler(calls: calls, maximumAnswerLength: maximumAnswerLength)
          try channel.pipeline.syncOperations.addHandler(handler)
        }
      }
      .connect(unixDomainSocketPath: socketPath)
      .map { channel in ClientConnection(channel: channel, calls: calls) }
      .whenComplete { [link, socketPath] result in
        switch result {
        case .success(let connection):
          // Closed while connecting.
          guard link.withLockedValue({ $0.connected(connection) }) else {
            connection.close(as: .closed)
            promise.fail(Failure.closed)
            return
          }
          promise.succeed(connection)
        case .failure(let error):
          link.withLockedValue { $0.failed() }
          promise.fail(Failure(error, connectingTo: socketPath))
        }
      }
  }
}

extension FleetClient.Failure {
  /// What an error means that came up while connecting.
  init(_ error: any Error, connectingTo path: String) {
    guard let error = error as? IOError else {
      self = .unreachable(path: path, reason: "\(error)")
      return
    }
    switch error.errnoCode {
    case ENOENT, ENOTDIR, ECONNREFUSED: self = .notRunning(path: path)
    case EACCES, EPERM: self = .permissionDenied(path: path)
    case EAGAIN: self = .unreachable(path: path, reason: "the daemon has more connections waiting than it can take")
    default: self = .unreachable(path: path, reason: "\(error)")
    }
  }
}
