internal import JSONRPC
internal import NIOCore

/// Answers a connection beyond the limit with `overloaded` and closes it; reads nothing.
final class RefusalHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let limit: Int

  init(limit: Int) { self.limit = limit }

  func channelActive(context: ChannelHandlerContext) {
    let error = RPCError.overloaded("Too many connections: the daemon allows \(limit) at a time, try again later")
    let channel = context.channel
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.whenComplete { _ in channel.close(promise: nil) }
    let answer = channel.allocator.buffer(bytes: RPCEncoder.error(id: .null, error))
    context.writeAndFlush(wrapOutboundOut(answer), promise: written)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
