internal import NIOCore

/// Whether a client is connected; decides who makes a connection, and does nothing itself.
struct ConnectionLink {
  /// What a call that needs the connection has to do.
  enum Acquisition {
    case use(ClientConnection)
    /// Another call makes it.
    case wait(EventLoopFuture<ClientConnection>)
    /// Make it, tell how it went, and keep the promise: others wait for it.
    case connect(EventLoopPromise<ClientConnection>)
    case closed
  }

  private enum State {
    case idle
    case connecting(EventLoopFuture<ClientConnection>)
    case connected(ClientConnection)
    case closed
  }

  private var state = State.idle

  /// Asks for the connection; when it has to be made first, its promise comes from `loop`.
  mutating func acquire(on loop: any EventLoop) -> Acquisition {
    switch state {
    case .idle:
      let promise = loop.makePromise(of: ClientConnection.self)
      state = .connecting(promise.futureResult)
      return .connect(promise)
    case .connecting(let future): return .wait(future)
    case .connected(let connection): return .use(connection)
    case .closed: return .closed
    }
  }

  /// The connection is made; false when nobody wants it any more.
  mutating func connected(_ connection: ClientConnection) -> Bool {
    guard case .connecting = state else { return false }
    state = .connected(connection)
    return true
  }

  /// The connection could not be made.
  mutating func failed() {
    if case .connecting = state { state = .idle }
  }

  /// A connection turned out to be lost; a newer one is left alone.
  mutating func lost(_ connection: ClientConnection) {
    if case .connected(let current) = state, current === connection { state = .idle }
  }

  /// Ends the client; returns the connection to be closed.
  mutating func close() -> ClientConnection? {
    defer { state = .closed }
    guard case .connected(let connection) = state else { return nil }
    return connection
  }
}
