internal import Glibc
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOHTTP1

/// One connection: collects requests and sends what the state decides.
final class SimulatorConnection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let state: NIOLockedValueBox<SimulatorState>
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []
  private var current: SimulatorSend?

  /// Bodies beyond this are cut; a token exchange has about two kilobytes.
  private static let bodyLimit = 1 << 20

  init(state: NIOLockedValueBox<SimulatorState>) { self.state = state }

  func channelActive(context: ChannelHandlerContext) {
    state.withLockedValue { $0.counters.connectionsAccepted += 1 }
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    current?.end()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = []
    case .body(let bytes): body += bytes.readableBytesView.prefix(Self.bodyLimit - body.count)
    case .end:
      if let head { serve(head, on: context.channel) }
      head = nil
    }
  }

  private func serve(_ head: HTTPRequestHead, on channel: any Channel) {
    let request = RecordedRequest(
      method: head.method.rawValue, path: head.uri,
      headers: head.headers.map { UpstreamBehaviour.Header($0.name.lowercased(), $0.value) }, body: body)
    let (reply, watchers) = state.withLockedValue { state in (state.receive(request), state.takeReachedWatchers()) }
    let send = SimulatorSend(reply, state: state, channel: channel)
    current = send
    let isHeld = state.withLockedValue { state in
      guard let call = reply.call, !state.isStopped, state.held[call] != nil else { return false }
      state.held[call]?.append { send.start() }
      return true
    }
    if !isHeld { send.start() }
    for watcher in watchers { watcher.finish() }
  }
}

/// One answer on its way; counts as in progress until its last part is about to be written or the connection is gone.
final class SimulatorSend: Sendable {
  private let reply: SimulatorReply
  private let state: NIOLockedValueBox<SimulatorState>
  private let channel: any Channel
  private let hasEnded = NIOLockedValueBox(false)

  init(_ reply: SimulatorReply, state: NIOLockedValueBox<SimulatorState>, channel: any Channel) {
    self.reply = reply
    self.state = state
    self.channel = channel
  }

  /// Sends the answer, after its latency.
  func start() {
    channel.eventLoop.scheduleTask(in: TimeAmount(reply.latency)) { self.send() }
  }

  /// No longer in progress.
  func end() {
    let isFirst = hasEnded.withLockedValue { ended in
      defer { ended = true }
      return !ended
    }
    guard isFirst, reply.call == .usage else { return }
    state.withLockedValue { $0.counters.usageInProgress -= 1 }
  }

  private func send() {
    guard channel.isActive else { return end() }
    let content = reply.late.map { late in state.withLockedValue { late(&$0) } } ?? reply.content
    switch content {
    case .nothing: return
    case .drop(let ending):
      end()
      Self.close(channel, ending)
    case .half(let response, let ending):
      end()
      write(response, bytes: response.body.prefix(response.body.count / 2))
      let channel = channel
      channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer()))).whenComplete { _ in
        Self.close(channel, ending)
      }
    case .complete(let response):
      write(response, bytes: response.body[...])
      // Before the asker can see the end, so that it never finds its own request still counted.
      end()
      channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
    }
  }

  private static func close(_ channel: any Channel, _ ending: SimulatorReply.End) {
    switch ending {
    case .orderly: channel.close(promise: nil)
    case .reset:
      let options = channel as? any SocketOptionProvider
      // Without time to linger, closing sends a reset.
      let isSet = options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)) ?? channel.eventLoop.makeSucceededVoidFuture()
      isSet.whenComplete { _ in channel.close(promise: nil) }
    }
  }

  private func write(_ response: SimulatorReply.Response, bytes: ArraySlice<UInt8>) {
    var headers = HTTPHeaders(response.headers.map { ($0.name, $0.value) })
    headers.replaceOrAdd(name: "Content-Length", value: String(response.body.count))
    let status = HTTPResponseStatus(statusCode: response.status)
    let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    channel.write(HTTPServerResponsePart.head(head), promise: nil)
    channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: bytes))), promise: nil)
  }
}
