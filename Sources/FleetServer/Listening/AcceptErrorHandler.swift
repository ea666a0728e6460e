internal import Logging
internal import NIOCore

/// Logs what went wrong while accepting, and goes on: one failed connection is no reason to refuse all others.
final class AcceptErrorHandler: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private let logger: Logger

  init(logger: Logger) { self.logger = logger }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    logger.warning("cannot accept a connection now", metadata: ["reason": "\(error)"])
  }
}
