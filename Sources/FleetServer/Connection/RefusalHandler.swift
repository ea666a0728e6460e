internal import JSONRPC
internal import NIOCore

/// Answers a connection that is not let in with the reason and closes it; reads nothing.
final class RefusalHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let error: RPCError

  init(_ error: RPCError) { self.error = error }

  func channelActive(context: ChannelHandlerContext) {
    let channel = context.channel
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.whenComplete { _ in channel.close(promise: nil) }
    let answer = channel.allocator.buffer(bytes: RPCEncoder.error(id: .null, error))
    context.writeAndFlush(wrapOutboundOut(answer), promise: written)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
