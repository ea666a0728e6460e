internal import JSONRPC
internal import Logging
internal import NIOCore

/// The thin shell around `ConnectionState`: does on the channel what the state decides, on the channel's event loop.
///
/// Requests leave through an async stream, whose end means that the peer is gone; results come back through `deliver`.
final class ConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Tells the handler that the server stops.
  struct StopEvent: Sendable {}

  private var state: ConnectionState
  private let closingGrace: TimeAmount
  private let requests: AsyncStream<RPCRequest>.Continuation
  private let logger: Logger
  private var context: ChannelHandlerContext?
  private var graceTimer: Scheduled<Void>?
  private var isStepping = false
  private var mustStepAgain = false

  init(limits: ServerLimits, requests: AsyncStream<RPCRequest>.Continuation, logger: Logger) {
    state = ConnectionState(limits: limits)
    closingGrace = TimeAmount(limits.closingGrace)
    self.requests = requests
    self.logger = logger
  }

  /// A call has ended: sends its answer, if it has one, and lets the next lines in.
  func deliver(_ result: CallResult) {
    state.callEnded(result.authentication)
    guard let context else { return }
    if let answer = result.answer { send(answer, context) }
    step()
  }

  // MARK: What happens on the channel

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) { step() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    unwrapInboundIn(data).withUnsafeReadableBytes { state.received($0) }
    step()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    state.writabilityChanged(to: context.channel.isWritable)
    step()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case ChannelEvent.inputClosed:
      state.inputEnded()
      step()
    case is StopEvent:
      state.stop()
      startGrace(context)
      step()
    default:
      context.fireUserInboundEventTriggered(event)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    graceTimer?.cancel()
    requests.finish()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    logger.debug("connection failed", metadata: ["reason": "\(error)"])
    context.close(promise: nil)
  }

  // MARK: What is done about it

  /// Takes steps until there is nothing to do. Writing may change the writability, which leads back here: the steps
  /// that follow from it are taken by the loop that runs already.
  private func step() {
    guard !isStepping else {
      mustStepAgain = true
      return
    }
    guard let context else { return }
    isStepping = true
    defer { isStepping = false }
    repeat {
      mustStepAgain = false
      while perform(state.next(), context) {}
      context.flush()
    } while mustStepAgain
  }

  /// Does one step; false when the next one has to wait for something to happen.
  private func perform(_ step: ConnectionState.Step, _ context: ChannelHandlerContext) -> Bool {
    switch step {
    case .run(let request):
      requests.yield(request)
      return true
    case .refuse(let id, let error):
      logger.debug("line refused", metadata: ["code": "\(error.dataCode)"])
      if let id { send(RPCEncoder.error(id: id, error), context) }
      return true
    case .read:
      context.read()
      return false
    case .wait:
      return false
    case .finish(let lingering):
      // A peer that merely sends no more may take its time to read what it is still owed.
      if lingering { startGrace(context) }
      finish(lingering: lingering, context)
      return false
    }
  }

  private func send(_ answer: [UInt8], _ context: ChannelHandlerContext) {
    guard context.channel.isWritable || state.mayQueue(behind: unsentBytes(context)) else {
      logger.info("connection cut off: the client does not read its answers")
      context.close(promise: nil)
      return
    }
    context.write(wrapOutboundOut(context.channel.allocator.buffer(bytes: answer)), promise: nil)
  }

  private func unsentBytes(_ context: ChannelHandlerContext) -> Int {
    (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }

  /// Closes once everything before has been written: the promise of an empty write is kept after that of the others.
  private func finish(lingering: Bool, _ context: ChannelHandlerContext) {
    let written = context.eventLoop.makePromise(of: Void.self)
    let channel = context.channel
    written.futureResult.whenComplete { _ in channel.close(mode: lingering ? .output : .all, promise: nil) }
    context.writeAndFlush(wrapOutboundOut(channel.allocator.buffer(capacity: 0)), promise: written)
    if lingering { context.read() }
  }

  private func startGrace(_ context: ChannelHandlerContext) {
    guard graceTimer == nil else { return }
    let channel = context.channel
    graceTimer = context.eventLoop.scheduleTask(in: closingGrace) { channel.close(promise: nil) }
  }
}
