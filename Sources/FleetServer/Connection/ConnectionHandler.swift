internal import JSONRPC
internal import Logging
internal import NIOCore

/// The thin shell around `ConnectionState`: does on the channel what the state decides, on the channel's event loop.
///
/// Lines whose answer is not known leave through an async stream, whose end means that the peer is gone; results come back
/// through `deliver`.
final class ConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Tells the handler that the server stops.
  struct StopEvent: Sendable {}

  private var state: ConnectionState
  private let closingGrace: TimeAmount
  private let lineTimeout: TimeAmount
  private let idleTimeout: TimeAmount?
  private var intake: LineIntake
  private let logger: Logger
  private var context: ChannelHandlerContext?
  private var graceTimer: Scheduled<Void>?
  /// Ends the connection unless the line that was the next one when it was set has come to its end.
  private var lineTimer: (line: Int, Scheduled<Void>)?
  private var idleTimer: Scheduled<Void>?
  private let budget: MemoryBudget
  /// What the budget was told last.
  private var bytesHeld = 0
  private var isStepping = false
  private var mustStepAgain = false

  init(
    limits: ServerLimits, budget: MemoryBudget, knownAnswers: KnownAnswers,
    owner: ConnectionOwner, logger: Logger
  ) {
    state = ConnectionState(limits: limits, answers: ConnectionAnswers(known: knownAnswers, logger: logger))
    closingGrace = TimeAmount(limits.closingGrace)
    lineTimeout = TimeAmount(limits.lineTimeout)
    idleTimeout = limits.idleTimeout.map { TimeAmount($0) }
    self.budget = budget
    intake = .unused(owner)
    self.logger = logger
  }

  /// A call or a batch has ended: sends its answer, if it has one, and lets the next lines in.
  func deliver(_ result: CallResult) {
    for _ in 0..<result.subscriptions { state.subscriptionBegan() }
    for authentication in result.authentications { state.callEnded(authentication) }
    guard let context else { return }
    if let answer = result.answer { send(answer, context) }
    step()
  }

  /// Sends a notification; the promise is kept when it was written out.
  func notify(_ line: [UInt8], _ written: EventLoopPromise<Void>) {
    guard let context else { return written.fail(ChannelError.alreadyClosed) }
    context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: line)), promise: written)
    watchTheBudget(context)
  }

  /// A subscription is over.
  func subscriptionEnded() {
    state.subscriptionEnded()
    step()
  }

  // MARK: What happens on the channel

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    // A channel that never became active never becomes inactive either.
    closeIntake()
  }

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
    lineTimer?.1.cancel()
    idleTimer?.cancel()
    _ = budget.update(context.channel, to: 0)
    closeIntake()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    logger.debug("connection failed", metadata: ["reason": "\(error)"])
    context.close(promise: nil)
  }

  // MARK: What is done about it

  /// How many steps a connection may take before the others have their turn.
  private static let stepsPerTurn = 64

  /// Takes steps until there is nothing to do, or others have waited long enough. Writing may change the writability,
  /// which leads back here: the steps that follow from it are taken by the loop that runs already.
  private func step() {
    guard !isStepping else {
      mustStepAgain = true
      return
    }
    guard let context else { return }
    isStepping = true
    defer { isStepping = false }
    var stepsLeft = Self.stepsPerTurn
    repeat {
      mustStepAgain = false
      while stepsLeft > 0, perform(state.next(), context) { stepsLeft -= 1 }
      context.flush()
    } while mustStepAgain && stepsLeft > 0
    if stepsLeft == 0 { context.eventLoop.assumeIsolated().execute { [self] in step() } }
    watchTheLine(context)
    watchForIdleness(context)
    watchTheBudget(context)
  }

  /// Counts what this connection keeps waiting; while all together hold too much, whoever holds most is cut off.
  private func watchTheBudget(_ context: ChannelHandlerContext) {
    guard context.channel.isActive else { return }
    // As long as answers flow off they do not count.
    let held = state.bufferedBytes + (context.channel.isWritable ? 0 : unsentBytes(context))
    guard held != bytesHeld else { return }
    bytesHeld = held
    guard let greediest = budget.update(context.channel, to: held) else { return }
    logger.warning("a connection is cut off: too many bytes wait for clients", metadata: ["bytes": "\(held)"])
    greediest.close(promise: nil)
  }

  /// Sets or clears the time within which the line that is being waited for has to come to its end.
  private func watchTheLine(_ context: ChannelHandlerContext) {
    guard state.awaitsEndOfLine, context.channel.isActive else {
      lineTimer?.1.cancel()
      lineTimer = nil
      return
    }
    if let lineTimer, lineTimer.line == state.linesTaken { return }
    lineTimer?.1.cancel()
    let timer = context.eventLoop.assumeIsolated().scheduleTask(in: lineTimeout) { [self] in
      guard let context = self.context, let error = state.lineTimedOut() else { return }
      logger.info("connection closed: a line did not come to its end in time")
      send(.bytes(RPCEncoder.error(id: .null, error)), context)
      step()
    }
    lineTimer = (state.linesTaken, timer)
  }

  /// Sets or clears the time after which a connection without any use is closed.
  private func watchForIdleness(_ context: ChannelHandlerContext) {
    guard let idleTimeout else { return }
    idleTimer?.cancel()
    guard state.isIdle else { return }
    let (channel, logger) = (context.channel, logger)
    idleTimer = context.eventLoop.scheduleTask(in: idleTimeout) {
      logger.debug("connection closed: idle")
      channel.close(promise: nil)
    }
  }

  /// Does one step; false when the next one has to wait for something to happen.
  private func perform(_ step: ConnectionState.Step, _ context: ChannelHandlerContext) -> Bool {
    switch step {
    case .answer(let answer):
      send(answer, context)
      return true
    case .run(let request):
      pass(.single(request), context)
      return true
    case .runBatch(let entries):
      pass(.batch(entries), context)
      return true
    case .refuse(let id, let error):
      logger.debug("line refused", metadata: ["code": "\(error.dataCode)"])
      if let id { send(.bytes(RPCEncoder.error(id: id, error)), context) }
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

  /// Hands a line to the connection's calls, and has them begin with the first one.
  private func pass(_ line: ClientLine, _ context: ChannelHandlerContext) {
    if case .unused(let owner) = intake {
      guard let lines = owner.begin(context.channel, self) else { return context.close(promise: nil) }
      intake = .begun(lines)
    }
    if case .begun(let lines) = intake { lines.yield(line) }
  }

  private func closeIntake() {
    switch intake {
    case .unused(let owner): owner.forget()
    case .begun(let lines): lines.finish()
    case .closed: break
    }
    intake = .closed
  }

  private func send(_ answer: AnswerLine, _ context: ChannelHandlerContext) {
    guard context.channel.isWritable || state.mayQueue(behind: unsentBytes(context)) else {
      logger.info("connection cut off: the client does not read its answers")
      context.close(promise: nil)
      return
    }
    switch answer {
    case .bytes(let bytes):
      context.write(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    case .summary(let beginning, let accounts, let end):
      context.write(wrapOutboundOut(beginning), promise: nil)
      for piece in accounts { context.write(wrapOutboundOut(piece), promise: nil) }
      if let end { context.write(wrapOutboundOut(end), promise: nil) }
    }
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
