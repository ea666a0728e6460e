import FleetServer
import Logging

/// A server at a path of its own.
struct TestServer: Sendable {
  let server: FleetServer
  let logs: LogRecorder
  var path: String { server.socketPath }

  func connect(reading: Bool = true) async throws -> RawClient { try await RawClient(path, reading: reading) }

  /// Runs `body` beside a server that listens, then stops the server and waits for its end.
  static func with(
    _ fleet: StubFleet = StubFleet(), limits: ServerLimits = ServerLimits(), peers: PeerPolicy = PeerPolicy(),
    _ body: (TestServer) async throws -> Void
  ) async throws {
    let directory = try TemporaryDirectory()
    let logs = LogRecorder()
    let server = FleetServer(
      service: fleet, socketPath: directory.file("fleet.sock"), limits: limits, peers: peers,
      statistics: { StubFleet.statistics },
      version: "1.2.3", logger: logs.logger)
    let (listening, continuation) = AsyncStream.makeStream(of: Void.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        // A server that cannot listen must not leave the test waiting.
        defer { continuation.finish() }
        try await server.run { continuation.finish() }
      }
      for await _ in listening {}
      defer { server.stop() }
      try await body(TestServer(server: server, logs: logs))
      server.stop()
      try await group.waitForAll()
    }
    withExtendedLifetime(directory) {}
  }
}
