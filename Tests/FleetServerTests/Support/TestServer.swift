import Fleet
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
    clock: any FleetClock = RunningClock(), version: String = "1.2.3", _ body: (TestServer) async throws -> Void
  ) async throws {
    let directory = try TemporaryDirectory()
    let logs = LogRecorder()
    let server = FleetServer(
      fleet, at: directory.file("fleet.sock"), limits: limits, peers: peers, clock: clock, version: version,
      logger: logs.logger)
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

extension FleetServer {
  /// A server for a fleet that the test decides about.
  convenience init(
    _ fleet: StubFleet = StubFleet(), at path: String, limits: ServerLimits = ServerLimits(),
    peers: PeerPolicy = PeerPolicy(), clock: any FleetClock = RunningClock(), version: String = "1.2.3",
    logger: Logger = LogRecorder().logger
  ) {
    self.init(
      service: fleet, socketPath: path, limits: limits, peers: peers, clock: clock,
      statistics: { StubFleet.statistics }, version: version, logger: logger)
  }
}
