import Glibc
import JSON
import JSONRPC
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A real socket behind which prepared answers wait, by method.
final class CannedDaemon: Sendable {
  /// What a method is answered with.
  enum Answer: Sendable {
    /// A result, as JSON.
    case result(String)
    /// An error.
    case error(RPCError)
    /// A line as it is.
    case line(String)
    /// Nothing: the connection is closed.
    case hangUp
    /// The last answer of a daemon that stops: it hangs up on whatever comes after it.
    indirect case lastly(Answer)
    /// Whatever the test does about it.
    case script(@Sendable (Call) -> Void)
    /// An answer that is given when the gate has been opened.
    indirect case gated(Gate, Answer)
  }

  /// A call with the connection it came on.
  struct Call: Sendable {
    let request: RPCRequest
    let channel: any Channel

    /// Answers with a result, as JSON.
    func answer(_ result: String) {
      send(RPCEncoder.result(id: request.id ?? .null, rawResult: Array(result.utf8)))
    }

    /// Begins the subscription `s` with these accounts.
    func begin(_ accounts: [String]) {
      let list = accounts.joined(separator: ",")
      answer(#"{"subscription":"s","accounts":[\#(list)],"generatedAt":"2026-11-24T12:00:00Z"}"#)
    }

    /// Tells it of changes.
    func tell(_ accounts: [String], removed: [String] = []) {
      let (list, gone) = (accounts.joined(separator: ","), removed.map { "\"\($0)\"" }.joined(separator: ","))
      let params = """
        {"subscription":"s","accounts":[\(list)],"removed":[\(gone)],"generatedAt":"2026-11-24T12:00:01Z"}
        """
      send(RPCEncoder.notification(method: "fleet.changed", rawParams: Array(params.utf8)))
    }

    /// Ends it.
    func end() {
      let params: JSONObject = ["subscription": "s", "closed": "unauthorized"]
      send(RPCEncoder.notification(method: "fleet.changed", params: params))
    }

    func hangUp() { channel.close(promise: nil) }

    fileprivate func send(_ line: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: line), promise: nil) }
  }

  let path: String
  private let listener: any Channel
  private let received: NIOLockedValueBox<[RPCRequest]>

  /// The calls that came, in order.
  var requests: [RPCRequest] { received.withLockedValue { $0 } }

  /// The params of the calls of one method.
  func params(of method: String) -> [JSONObject] {
    requests.filter { $0.method == method }.map { request in
      request.params
    }
  }

  init(_ answers: [String: Answer]) async throws {
    path = "/tmp/fleet-command-\(getpid())-\(UInt64.random(in: 0 ... .max)).sock"
    let received = NIOLockedValueBox<[RPCRequest]>([])
    self.received = received
    listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Reader(answers: answers, received: received))
        }
      }
      .bind(unixDomainSocketPath: path).get()
  }

  deinit {
    listener.close(promise: nil)
    unlink(path)
  }

  private final class Reader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answers: [String: Answer]
    private let received: NIOLockedValueBox<[RPCRequest]>
    private var framer = LineFramer(maximumLineLength: 1 << 20)

    init(answers: [String: Answer], received: NIOLockedValueBox<[RPCRequest]>) {
      self.answers = answers
      self.received = received
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      unwrapInboundIn(data).withUnsafeReadableBytes { framer.append($0) }
      while case .line(let line) = framer.next() {
        guard case .request(let request) = RPCMessage.decode(line) else { continue }
        let earlier = received.withLockedValue {
          $0.append(request)
          return $0.dropLast()
        }
        let answer = answers[request.method] ?? .error(.methodNotFound(request.method))
        Self.give(earlier.contains(where: isLast) ? .hangUp : answer, to: request, on: context.channel)
      }
    }

    private func isLast(_ request: RPCRequest) -> Bool {
      guard case .lastly? = answers[request.method] else { return false }
      return true
    }

    private static func give(_ answer: Answer, to request: RPCRequest, on channel: any Channel) {
      let call = Call(request: request, channel: channel)
      let id = request.id ?? .null
      switch answer {
      case .result(let json): call.answer(json)
      case .error(let error): call.send(RPCEncoder.error(id: id, error))
      case .line(let line): call.send(Array((line + "\n").utf8))
      case .hangUp: call.hangUp()
      case .script(let script): script(call)
      case .lastly(let answer): give(answer, to: request, on: channel)
      case .gated(let gate, let later):
        Task {
          await gate.passage()
          give(later, to: request, on: channel)
        }
      }
    }
  }
}
