import FleetServer
import Testing

@Suite("Two servers at one path", .timeLimit(.minutes(1)))
struct SecondServerTests {
  @Test("the second server is refused and the first one goes on")
  func refused() async throws {
    try await TestServer.with { server in
      let second = FleetServer(at: server.path)
      await #expect(throws: ListeningError.self) { try await second.run() }
      let client = try await server.connect()
      let answer = try await client.ask(#"{"jsonrpc":"2.0","id":7,"method":"daemon.health"}"#)
      #expect(answer?.contains("1.2.3") == true)
    }
  }

  @Test("a path can be had again after its server has stopped")
  func again() async throws {
    let directory = try TemporaryDirectory()
    for _ in 1...3 {
      let server = FleetServer(at: directory.file("s"))
      try await server.run { server.stop() }
    }
  }
}
