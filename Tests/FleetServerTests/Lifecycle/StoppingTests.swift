import Fleet
import FleetTestSupport
import Glibc
import JSONRPC
import Testing

@testable import FleetServer

@Suite("Draining and stopping", .timeLimit(.minutes(1)))
struct StoppingTests {
  private static let health = #"{"jsonrpc":"2.0","id":7,"method":"daemon.health"}"#
  private static let refresh = #"{"jsonrpc":"2.0","id":1,"method":"fleet.refresh","params":{"token":"full"}}"# + "\n"

  @Test("a draining server lets nobody in and serves those it has")
  func draining() async throws {
    try await TestServer.with { server in
      let client = try await server.connect()
      #expect(try await client.ask(Self.health)?.contains(#""status":"ok""#) == true)
      server.server.beginDraining()
      await #expect(throws: (any Error).self) { try await server.connect() }
      #expect(try await client.ask(Self.health)?.contains(#""status":"draining""#) == true)
      let summary = #"{"jsonrpc":"2.0","id":1,"method":"fleet.summary","params":{"token":"full"}}"#
      #expect(try await client.ask(summary)?.contains("result") == true)
    }
  }

  @Test("a draining server holds its path until it has stopped")
  func drainingHoldsThePath() async throws {
    try await TestServer.with { server in
      server.server.beginDraining()
      #expect(throws: ListeningError.self) { try SocketClaim.listen(at: server.path) }
    }
  }

  @Test("a stopping server answers what is in flight and takes nothing more")
  func stopping() async throws {
    let gate = Gate()
    // While the one call runs that it may make, the client's next line stays where it is.
    try await TestServer.with(.refreshing(behind: gate), limits: ServerLimits(callsPerConnection: 1)) { server in
      let idle = try await server.connect()
      #expect(try await idle.ask(Self.health) != nil)
      let client = try await server.connect()
      try await client.send(Self.refresh + Self.health + "\n")
      await gate.arrivals(1)
      server.server.stop()
      #expect(await idle.line() == nil)
      gate.open()
      #expect(await client.line()?.contains(#""id":1"#) == true)
      #expect(await client.line() == nil)
    }
  }

  @Test("a stopping server waits for a call in flight no longer than the grace")
  func grace() async throws {
    let gate = Gate()
    let fleet = StubFleet(
      refreshAnswer: { (_) async throws(RefreshRefusal) in
        await gate.passUnlessCancelled()
        throw .waitCancelled
      })
    try await TestServer.with(fleet, limits: ServerLimits(closingGrace: .zero)) { server in
      let client = try await server.connect()
      try await client.send(Self.refresh)
      await gate.arrivals(1)
      server.server.stop()
      #expect(await client.line() == nil)
    }
  }

  @Test("cancelling the run stops the server")
  func cancellation() async throws {
    let directory = try TemporaryDirectory()
    let gate = Gate()
    let server = FleetServer(at: directory.file("s"))
    let run = Task { try await server.run { gate.open() } }
    await gate.passUnlessCancelled()
    run.cancel()
    try await run.value
    #expect(access(directory.file("s"), F_OK) != 0)
  }

  @Test("every count returns to zero")
  func counts() async throws {
    let directory = try TemporaryDirectory()
    let gate = Gate()
    let server = FleetServer(at: directory.file("s"))
    async let run: Void = server.run { gate.open() }
    await gate.passUnlessCancelled()
    let client = try await RawClient(directory.file("s"))
    #expect(try await client.ask(Self.health) != nil)
    server.stop()
    try await run
    let statistics = server.statistics
    #expect(statistics.connectionsOpen == 0 && statistics.callsInFlight == 0)
    #expect(statistics.connectionsAccepted == 1 && statistics.callsStarted == 1)
  }
}
