internal import JSONRPC
internal import Logging
internal import NIOCore

/// One client's connection as its calls see it: lines come in, results and notifications go back.
struct Connection: Sendable {
  /// The connection's number, counted from the start of the server.
  let number: Int
  /// What the client asks for; ends when the client is gone.
  let lines: AsyncStream<ClientLine>
  /// Tells on every line who the client is.
  let logger: Logger
  private let channel: any Channel
  private let handler: NIOLoopBound<ConnectionHandler>

  /// Must be made on the channel's event loop.
  init(
    number: Int, lines: AsyncStream<ClientLine>, channel: any Channel, handler: ConnectionHandler, logger: Logger
  ) {
    self.number = number
    self.lines = lines
    self.channel = channel
    self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    self.logger = logger
  }

  /// Hands a result to the connection, which sends the answer if there is one and the client is still there.
  func deliver(_ result: CallResult) {
    channel.eventLoop.execute { handler.value.deliver(result) }
  }

  /// A subscription that a result has begun is over.
  func subscriptionEnded() {
    channel.eventLoop.execute { handler.value.subscriptionEnded() }
  }

  /// Sends a notification and waits until it was written out, so that whoever reads slowly is sent no more meanwhile.
  ///
  /// - Parameter isWanted: asked where answers are sent as well, so that nothing follows the one that ends it.
  /// - Returns: false when the client is gone, or it is no longer wanted.
  func notify(_ line: [UInt8], while isWanted: @escaping @Sendable () -> Bool) async -> Bool {
    let written = channel.eventLoop.makePromise(of: Void.self)
    channel.eventLoop.execute {
      if isWanted() { handler.value.notify(line, written) } else { written.fail(CancellationError()) }
    }
    do {
      try await written.futureResult.get()
      return true
    } catch {
      return false
    }
  }

  /// Closes the connection, whatever is still to be written.
  func close() { channel.close(promise: nil) }
}
