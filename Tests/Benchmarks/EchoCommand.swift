internal import ArgumentParser
internal import Foundation
internal import NIOCore
internal import NIOPosix

/// What this machine can do with a Unix socket and SwiftNIO: every line is answered with the same bytes, on one event
/// loop, as the daemon's connections are.
struct EchoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "echo", abstract: "Answers every line with the contents of a file.", shouldDisplay: false)

  @Option(help: ArgumentHelp("Where to listen.", valueName: "path"))
  var socket: String

  @Option(help: ArgumentHelp("The answer.", valueName: "path"))
  var answer: String

  func run() async throws {
    let answer = ByteBuffer(bytes: try Data(contentsOf: URL(fileURLWithPath: answer)))
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let listener = try await ServerBootstrap(group: loop)
      .serverChannelOption(.backlog, value: 1_024)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(EchoHandler(answer: answer))
        }
      }
      .bind(unixDomainSocketPath: socket, cleanupExistingSocketFile: true).get()
    try await listener.closeFuture.get()
  }
}

private final class EchoHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let answer: ByteBuffer

  init(answer: ByteBuffer) { self.answer = answer }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    for byte in unwrapInboundIn(data).readableBytesView where byte == UInt8(ascii: "\n") {
      context.write(wrapOutboundOut(answer), promise: nil)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) { context.flush() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
