import JSONRPC
import NIOCore
import NIOPosix

/// A client that knows nothing but bytes and lines.
final class RawClient {
  private let channel: any Channel
  private var lines: AsyncStream<String>.Iterator

  /// Connects.
  ///
  /// - Parameter reading: whether to read what comes; without it, nothing ever is.
  init(_ path: String, reading: Bool = true) async throws {
    let (stream, continuation) = AsyncStream.makeStream(of: String.self)
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.autoRead, value: reading)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(LineCollector(continuation))
        }
      }
      .connect(unixDomainSocketPath: path).get()
    lines = stream.makeAsyncIterator()
  }

  deinit { channel.close(promise: nil) }

  /// Sends text as it is.
  func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)) }

  /// The next line, without its newline; nil when the server sends no more.
  func line() async -> String? { await lines.next() }

  /// The next line as an answer.
  func answer() async throws -> RPCAnswer? {
    guard let line = await line() else { return nil }
    return try RPCAnswer.decode(Array(line.utf8))
  }

  /// Sends a line and returns the next one.
  func ask(_ line: String) async throws -> String? {
    try await send(line + "\n")
    return await self.line()
  }

  /// Reads what comes from now on.
  func startReading() async throws { try await channel.setOption(.autoRead, value: true).get() }

  /// Leaves what comes from now on where it is.
  func stopReading() async throws { try await channel.setOption(.autoRead, value: false).get() }

  /// Says that nothing more will be sent.
  func halfClose() async throws { try await channel.close(mode: .output) }

  /// Hangs up.
  func close() async throws { try await channel.close() }

  /// Returns when the connection is gone.
  func closed() async throws { try await channel.closeFuture.get() }
}

/// Collects lines until the server sends no more.
private final class LineCollector: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let lines: AsyncStream<String>.Continuation
  private var framer = LineFramer(maximumLineLength: 1 << 26)

  init(_ lines: AsyncStream<String>.Continuation) { self.lines = lines }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    unwrapInboundIn(data).withUnsafeReadableBytes { framer.append($0) }
    while case .line(let line) = framer.next() { lines.yield(String(decoding: line, as: UTF8.self)) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event { lines.finish() }
  }

  func channelInactive(context: ChannelHandlerContext) { lines.finish() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
