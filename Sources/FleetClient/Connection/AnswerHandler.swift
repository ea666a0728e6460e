internal import JSONRPC
internal import NIOCore

/// Cuts what the daemon sends into lines and passes them to the calls that wait.
final class AnswerHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let calls: PendingCallTable
  private var framer: LineFramer

  init(calls: PendingCallTable, maximumAnswerLength: Int) {
    self.calls = calls
    framer = LineFramer(maximumLineLength: maximumAnswerLength)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    unwrapInboundIn(data).withUnsafeReadableBytes { framer.append($0) }
    while true {
      switch framer.next() {
      case .line(let line):
        if let failure = calls.received(line) { return end(failure, context) }
      case .tooLong:
        return end(.protocolViolation("an answer of more than \(framer.maximumLineLength) bytes"), context)
      case .incomplete:
        return
      }
    }
  }

  func channelInactive(context: ChannelHandlerContext) { calls.end(.connectionLost) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { end(.connectionLost, context) }

  private func end(_ failure: FleetClient.Failure, _ context: ChannelHandlerContext) {
    calls.end(failure)
    context.close(promise: nil)
  }
}
