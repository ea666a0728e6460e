import Glibc
import JSONRPC
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A daemon that does what the test says with each call it gets.
final class ScriptedDaemon: Sendable {
  /// A call with the connection it came on.
  struct Call: Sendable {
    let request: RPCRequest
    let channel: any Channel

    /// The call's id as it stands in JSON.
    var id: String {
      guard case .integer(let id)? = request.id else { return "null" }
      return "\(id)"
    }

    /// Answers with a result.
    func answer(_ result: String) { send(#"{"jsonrpc":"2.0","id":\#(id),"result":\#(result)}"#) }

    /// Sends a line as it is.
    func send(_ line: String) { channel.writeAndFlush(ByteBuffer(string: line + "\n"), promise: nil) }

    /// Closes the connection.
    func hangUp() { channel.close(promise: nil) }
  }

  let path: String
  private let listener: any Channel
  private let count: NIOLockedValueBox<Int>

  /// How many connections there have been.
  var connections: Int { count.withLockedValue { $0 } }

  init(path: String = ScriptedDaemon.freePath(), _ script: @escaping @Sendable (Call) -> Void) async throws {
    self.path = path
    let count = NIOLockedValueBox(0)
    self.count = count
    listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        count.withLockedValue { $0 += 1 }
        return channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Reader(script: script))
        }
      }
      .bind(unixDomainSocketPath: path).get()
  }

  /// Stops listening and leaves the socket file behind, as a daemon that was killed does.
  func die() async throws { try await listener.close() }

  deinit {
    listener.close(promise: nil)
    unlink(path)
  }

  static func freePath() -> String { "/tmp/fleet-client-\(getpid())-\(UInt64.random(in: 0 ... .max)).sock" }

  private final class Reader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let script: @Sendable (Call) -> Void
    private var framer = LineFramer(maximumLineLength: 1 << 20)

    init(script: @escaping @Sendable (Call) -> Void) { self.script = script }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      unwrapInboundIn(data).withUnsafeReadableBytes { framer.append($0) }
      while case .line(let line) = framer.next() {
        guard case .request(let request) = RPCMessage.decode(line) else { continue }
        script(Call(request: request, channel: context.channel))
      }
    }
  }
}
