internal import JSONRPC
internal import NIOCore

/// One client's connection as its calls see it: requests come in, results go back.
struct Connection: Sendable {
  /// The connection's number, counted from the start of the server.
  let number: Int
  /// What the client asks for; ends when the client is gone.
  let requests: AsyncStream<RPCRequest>
  private let channel: any Channel
  private let handler: NIOLoopBound<ConnectionHandler>

  /// Must be made on the channel's event loop.
  init(number: Int, requests: AsyncStream<RPCRequest>, channel: any Channel, handler: ConnectionHandler) {
    self.number = number
    self.requests = requests
    self.channel = channel
    self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
  }

  /// Hands a result to the connection, which sends the answer if there is one and the client is still there.
  func deliver(_ result: CallResult) {
    channel.eventLoop.execute { handler.value.deliver(result) }
  }

  /// Closes the connection, whatever is still to be written.
  func close() { channel.close(promise: nil) }
}
