import Fleet
import FleetTestSupport
import JSONRPC
import Testing

@Suite("Giving up on a call", .timeLimit(.minutes(1)))
struct CancellationTests {
  private static func refresh(_ id: String, _ more: String = "") -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"fleet.refresh","params":{"token":"full"\#(more)}}"# + "\n"
  }

  private static func cancel(_ id: String) -> String {
    #"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":\#(id)}}"# + "\n"
  }

  /// A core whose refreshes end only when the wait for them is given up.
  private static func waiting(at gate: Gate) -> StubFleet {
    StubFleet(
      refreshAnswer: { (_) async throws(RefreshRefusal) in
        await gate.passUnlessCancelled()
        guard Task.isCancelled else { return StubFleet.report }
        throw .waitCancelled
      })
  }

  @Test("a cancelled call is answered at once, the others go on")
  func cancelled() async throws {
    let gate = Gate()
    try await TestServer.with(Self.waiting(at: gate)) { server in
      let client = try await server.connect()
      try await client.send(Self.refresh("1") + Self.refresh("\"1\""))
      await gate.arrivals(2)
      try await client.send(Self.cancel("1"))
      guard case .error(let id, let error)? = try await client.answer() else {
        Issue.record("not answered with an error")
        return
      }
      #expect(id == .integer(1) && error.kind == .requestCancelled)
      gate.open()
      #expect(await client.line()?.contains(#""id":"1""#) == true)
    }
  }

  @Test("a call is found by a cancellation on the very next line")
  func atOnce() async throws {
    let gate = Gate()
    try await TestServer.with(Self.waiting(at: gate)) { server in
      let client = try await server.connect()
      try await client.send(Self.refresh("1") + Self.cancel("1"))
      #expect(await client.line()?.contains("request_cancelled") == true)
    }
  }

  @Test("one call of a batch may be cancelled")
  func inBatch() async throws {
    let gate = Gate()
    try await TestServer.with(Self.waiting(at: gate)) { server in
      let client = try await server.connect()
      try await client.send(
        "[\(Self.refresh("1").dropLast()),\(Self.refresh("2").dropLast()),\(Self.cancel("2").dropLast())]\n")
      await gate.arrivals(1)
      gate.open()
      let answer = try #require(await client.line())
      #expect(answer.contains(#""id":1,"result""#) && answer.contains("request_cancelled"))
    }
  }

  @Test(
    "a cancellation that means nothing does nothing",
    arguments: [
      cancel("7"), #"{"jsonrpc":"2.0","method":"$/cancelRequest"}"# + "\n",
      #"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":{}}}"# + "\n",
    ])
  func unknown(line: String) async throws {
    try await TestServer.with { server in
      let client = try await server.connect()
      try await client.send(line)
      #expect(try await client.ask(#"{"jsonrpc":"2.0","id":7,"method":"daemon.health"}"#)?.contains("ok") == true)
    }
  }

  @Test("a caller that has waited long enough is told so, and its wait alone ends")
  func timeout() async throws {
    let gate = Gate()
    try await TestServer.with(Self.waiting(at: gate)) { server in
      let client = try await server.connect()
      try await client.send(Self.refresh("1", #","timeoutMs":1"#))
      #expect(await client.line()?.contains("deadline_exceeded") == true)
      gate.open()
      try await client.send(Self.refresh("2", #","timeoutMs":86400000"#))
      #expect(await client.line()?.contains(#""ok":true"#) == true)
    }
  }
}
