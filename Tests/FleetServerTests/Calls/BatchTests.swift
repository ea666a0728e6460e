import Fleet
import FleetServer
import FleetTestSupport
import JSON
import JSONRPC
import Testing

@Suite("Batches over the socket", .timeLimit(.minutes(1)))
struct BatchCallTests {
  private static let health = #"{"jsonrpc":"2.0","method":"daemon.health"}"#

  private static func call(_ id: String, _ method: String, _ params: String = "{}") -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#
  }

  @Test("a batch gets one answer, in the order of its entries, without its notifications")
  func mixed() async throws {
    try await TestServer.with { server in
      let client = try await server.connect()
      let entries = [
        Self.call("1", "daemon.health"), Self.health, "1", Self.call("\"x\"", "fleet.nothing"),
        Self.call("null", "fleet.summary", #"{"token":"full"}"#),
      ]
      let line = try #require(try await client.ask("[" + entries.joined(separator: ",") + "]"))
      let answers = try #require(try JSONReader.parse(Array(line.utf8)).arrayValue)
      #expect(answers.map { $0["id"] } == [.integer(1), .null, .string("x"), .null])
      #expect(
        answers.map { $0["error"]?["data"]?["code"]?.stringValue } == [nil, "invalid_request", "method_not_found", nil])
      #expect(answers[3]["result"]?["accounts"] == [])
    }
  }

  @Test("a batch of nothing but notifications gets no answer")
  func notifications() async throws {
    try await TestServer.with { server in
      let client = try await server.connect()
      try await client.send("[\(Self.health),\(Self.health)]\n")
      #expect(try await client.ask(Self.call("7", "daemon.health"))?.contains(#""id":7"#) == true)
    }
  }

  @Test("the calls of a batch run side by side, and others are not held up by it")
  func sideBySide() async throws {
    let gate = Gate()
    try await TestServer.with(.refreshing(behind: gate)) { server in
      let client = try await server.connect()
      let refresh = Self.call("1", "fleet.refresh", #"{"token":"full"}"#)
      try await client.send("[\(refresh),\(refresh),\(refresh)]\n")
      await gate.arrivals(3)
      #expect(try await client.ask(Self.call("7", "daemon.health"))?.contains(#""id":7"#) == true)
      gate.open()
      #expect(await client.line()?.hasPrefix("[") == true)
      #expect(server.server.statistics.callsInFlight == 0)
    }
  }

  @Test("every call of a batch with a wrong key counts against the connection")
  func authentication() async throws {
    try await TestServer.with { server in
      let client = try await server.connect()
      let wrong = Self.call("1", "fleet.summary", #"{"token":"wrong"}"#)
      let batch = "[" + repeatElement(wrong, count: 10).joined(separator: ",") + "]"
      #expect(try await client.ask(batch) != nil)
      #expect(await client.line() == nil)
    }
  }
}
