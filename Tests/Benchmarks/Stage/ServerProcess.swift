internal import CLoadGenerator
internal import Foundation
internal import StoreBuilder
internal import Subprocess
internal import SystemPackage

/// A server under measurement, as a process of its own.
final class ServerProcess: Sendable {
  /// Where it listens.
  let socket: String
  /// The process's number.
  let identifier: Int32
  private let end: Task<Void, Never>

  private init(socket: String, identifier: Int32, end: Task<Void, Never>) {
    self.socket = socket
    self.identifier = identifier
    self.end = end
  }

  /// Starts a program; does not wait until it listens.
  static func launch(
    _ program: String, _ arguments: [String], environment: [String: String] = [:], socket: String, log: String
  ) async throws -> ServerProcess {
    let (starts, start) = AsyncThrowingStream.makeStream(of: Int32.self)
    let logFile = try FileDescriptor.open(
      FilePath(log), .writeOnly, options: [.create, .append], permissions: .ownerReadWrite)
    let environment = Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0), $1) })
    let end = Task {
      do {
        _ = try await Subprocess.run(
          .path(FilePath(program)), arguments: Arguments(arguments), environment: .custom(environment), input: .none,
          output: .discarded, error: .fileDescriptor(logFile, closeAfterSpawningProcess: true)
        ) { execution in
          start.yield(execution.processIdentifier.value)
        }
      } catch {
        start.finish(throwing: error)
      }
    }
    var started = starts.makeAsyncIterator()
    guard let identifier = try await started.next() else { throw CancellationError() }
    return ServerProcess(socket: socket, identifier: identifier, end: end)
  }

  /// Ends it as an administrator would, and waits for its end.
  func stop() async {
    kill(identifier, SIGTERM)
    await end.value
  }

  /// What it has used so far.
  var figures: ProcessFigures { ProcessFigures(identifier) }
}

extension Stage {
  /// Runs `body` beside a daemon on a store that refreshes nothing unasked, then stops the daemon.
  ///
  /// - Parameters:
  ///   - settings: further settings, as flags without their dashes.
  ///   - name: tells several daemons of a benchmark apart.
  func withDaemon<Value>(
    _ name: String = "daemon", store: String, settings: [String: String] = ["usage-refresh": "off"],
    environment: [String: String] = [:],
    _ body: (ServerProcess) async throws -> Value
  ) async throws -> Value {
    let socket = folder.file("\(name).sock")
    let server = try await ServerProcess.launch(
      daemon, daemonArguments(store: store, socket: socket, settings: settings), environment: environment,
      socket: socket, log: folder.file("\(name).log"))
    return try await run(server, body)
  }

  /// The daemon's command line.
  func daemonArguments(store: String, socket: String, settings: [String: String]) -> [String] {
    ["--store", store, "--socket", socket, "--background-refresh=off", "--log-level=warning"]
      + settings.map { "--\($0)=\($1)" }
  }

  /// Runs `body` beside an echo server that answers with what a daemon has answered.
  func withEcho<Value>(
    of answer: [UInt8], _ body: (ServerProcess) async throws -> Value
  ) async throws -> Value {
    let socket = folder.file("echo.sock")
    let file = folder.file("answer-\(answer.count)")
    try Data(answer).write(to: URL(fileURLWithPath: file))
    let server = try await ServerProcess.launch(
      Self.ownProgram, ["echo", "--socket", socket, "--answer", file], socket: socket, log: folder.file("echo.log"))
    return try await run(server, body)
  }

  private func run<Value>(
    _ server: ServerProcess, _ body: (ServerProcess) async throws -> Value
  ) async throws -> Value {
    do {
      try FleetCall.health.waitForAnswer(at: server.socket)
      let value = try await body(server)
      await server.stop()
      return value
    } catch {
      await server.stop()
      throw error
    }
  }
}
