internal import Logging
internal import NIOCore

/// Logs what went wrong while accepting, and goes on: one failed connection is no reason to refuse all others.
///
/// Out of descriptors, it goes wrong ten times a second: the first time is told at once, and then how often, each minute.
final class AcceptErrorHandler: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private let logger: Logger
  private var pace = RefusalPace()

  init(logger: Logger) { self.logger = logger }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard pace.refused() else { return }
    logger.warning("cannot accept a connection now", metadata: ["reason": "\(error)"])
    tellFurtherFailures(on: context.eventLoop)
  }

  private func tellFurtherFailures(on loop: any EventLoop) {
    loop.assumeIsolated().scheduleTask(in: .minutes(1)) { [weak self] in
      guard let self, case let count = pace.pauseEnded(), count > 0 else { return }
      logger.warning("connections could not be accepted in the last minute", metadata: ["failures": "\(count)"])
      tellFurtherFailures(on: loop)
    }
  }
}
