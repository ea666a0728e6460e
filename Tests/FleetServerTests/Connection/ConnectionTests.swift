import Fleet
import FleetTestSupport
import JSONRPC
import Testing

@testable import FleetServer

@Suite("Connections", .timeLimit(.minutes(1)))
struct ConnectionTests {
  private static let health = #"{"jsonrpc":"2.0","id":7,"method":"daemon.health"}"# + "\n"
  private static func refresh(_ id: Int) -> String { call("fleet.refresh", id) }
  private static func summary(_ id: Int) -> String { call("fleet.summary", id) }
  private static func call(_ method: String, _ id: Int) -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{"token":"full"}}"# + "\n"
  }

  @Test("the 65th call of a connection waits until one of the others has ended")
  func callsInFlight() async throws {
    let gate = Gate()
    try await TestServer.with(.refreshing(behind: gate)) { server in
      let client = try await server.connect()
      try await client.send((1...65).map(Self.refresh).joined())
      await gate.arrivals(64)
      // Another connection's answer: all that was sent has been looked at by now.
      let other = try await server.connect()
      try await other.send(Self.health)
      #expect(try await other.answer() != nil)
      #expect(server.server.statistics.callsStarted == 65)
      gate.letThrough()
      await gate.arrivals(65)
      gate.open()
      for _ in 1...65 { #expect(try await client.answer() != nil) }
    }
  }

  @Test("blank lines and carriage returns are no requests")
  func blankLines() async throws {
    try await TestServer.with { server in
      let client = try await server.connect()
      try await client.send("\n\r\n" + #"{"jsonrpc":"2.0","id":7,"method":"daemon.health"}"# + "\r\n\n")
      #expect(await client.line()?.contains(#""id":7"#) == true)
      try await client.halfClose()
      #expect(await client.line() == nil)
    }
  }

  @Test("a request may come in pieces")
  func pieces() async throws {
    try await TestServer.with { server in
      let client = try await server.connect()
      for character in Self.health { try await client.send(String(character)) }
      #expect(await client.line()?.contains(#""id":7"#) == true)
    }
  }

  @Test("a line that is too long is answered, even to a client in the middle of writing it, and the connection closed")
  func tooLong() async throws {
    try await TestServer.with(limits: ServerLimits(lineLength: 1_000)) { server in
      let client = try await server.connect()
      // Were the connection closed at once, most of this could not be written.
      try await client.send(String(repeating: "x", count: 4 << 20))
      guard case .error(.null, let error)? = try await client.answer() else {
        Issue.record("no answer")
        return
      }
      #expect(error == .requestTooLarge(limit: 1_000))
      #expect(await client.line() == nil)
    }
  }

  @Test("a line as long as allowed is accepted")
  func longest() async throws {
    let line = #"{"jsonrpc":"2.0","id":7,"method":"daemon.health"}"#
    try await TestServer.with(limits: ServerLimits(lineLength: line.utf8.count)) { server in
      let client = try await server.connect()
      #expect(try await client.ask(line) != nil)
    }
  }

  @Test("a half-closed connection gets all its answers, then it is closed")
  func halfClose() async throws {
    let gate = Gate()
    try await TestServer.with(.refreshing(behind: gate)) { server in
      let client = try await server.connect()
      try await client.send(Self.refresh(1) + Self.refresh(2))
      try await client.halfClose()
      await gate.arrivals(2)
      gate.open()
      #expect(await client.line() != nil)
      #expect(await client.line() != nil)
      #expect(await client.line() == nil)
    }
  }

  @Test("a half-closed connection may take longer to read its answers than one that the server closes")
  func slowHalfClose() async throws {
    // A grace of nothing cuts off whoever it is granted to, as soon as everything was handed to the channel.
    let look = StubFleet.look(
      (0..<2_000).map { number in
        AccountRecord(
          account: Account(
            id: AccountID("a-\(number)"), email: "a@example.com", plan: Plan("plus"), status: .active),
          latest: LatestUsage())
      })
    let fleet = StubFleet(summaryAnswer: { (_) async throws(StoreError) in look })
    try await TestServer.with(fleet, limits: ServerLimits(closingGrace: .zero)) { server in
      let client = try await server.connect(reading: false)
      try await client.send(Self.summary(1) + Self.summary(2))
      try await client.halfClose()
      await until {
        server.server.statistics.callsStarted == 2 && server.server.statistics.callsInFlight == 0
      }
      // The event loop that closes is the one that answers this.
      let other = try await server.connect()
      #expect(try await other.ask(#"{"jsonrpc":"2.0","id":7,"method":"daemon.health"}"#) != nil)
      try await client.startReading()
      #expect(await client.line()?.hasSuffix("}") == true)
      #expect(await client.line()?.hasSuffix("}") == true)
      #expect(await client.line() == nil)
    }
  }

  @Test("the calls of a client that hung up are cancelled")
  func hungUp() async throws {
    let (ended, continuation) = AsyncStream.makeStream(of: Bool.self)
    let gate = Gate()
    let fleet = StubFleet(
      refreshAnswer: { (_) async throws(RefreshRefusal) in
        await gate.passUnlessCancelled()
        continuation.yield(Task.isCancelled)
        throw .waitCancelled
      })
    try await TestServer.with(fleet) { server in
      let client = try await server.connect()
      try await client.send(Self.refresh(1))
      await gate.arrivals(1)
      try await client.close()
      #expect(await ended.first { _ in true } == true)
    }
  }

  @Test("a notification of a client that hung up is still run to its end")
  func hungUpAfterNotification() async throws {
    let (ended, continuation) = AsyncStream.makeStream(of: Bool.self)
    let gate = Gate()
    let fleet = StubFleet(
      refreshAnswer: { (_) async throws(RefreshRefusal) in
        await gate.passUnlessCancelled()
        continuation.yield(Task.isCancelled)
        return StubFleet.report
      })
    try await TestServer.with(fleet) { server in
      let client = try await server.connect()
      try await client.send(
        #"{"jsonrpc":"2.0","method":"fleet.refresh","params":{"token":"full"}}"# + "\n" + Self.refresh(2))
      await gate.arrivals(2)
      try await client.close()
      #expect(await ended.first { _ in true } == true)
      gate.open()
      #expect(await ended.first { _ in true } == false)
    }
  }

  @Test("ten authentication failures in a row are answered, then the connection is closed")
  func authenticationFailures() async throws {
    try await TestServer.with { server in
      let client = try await server.connect()
      let wrong = #"{"jsonrpc":"2.0","id":1,"method":"fleet.summary","params":{"token":"wrong"}}"#
      let right = #"{"jsonrpc":"2.0","id":2,"method":"fleet.summary","params":{"token":"full"}}"#
      for _ in 1...9 { #expect(try await client.ask(wrong)?.contains("invalid_api_key") == true) }
      #expect(try await client.ask(right)?.contains("result") == true)
      for _ in 1...10 { #expect(try await client.ask(wrong)?.contains("invalid_api_key") == true) }
      #expect(await client.line() == nil)
    }
  }

  @Test("a client that does not read its answers is cut off alone")
  func notReading() async throws {
    let email = String(repeating: "x", count: 300_000)
    let account = Account(id: "a", email: email, plan: Plan("plus"), status: .active)
    let fleet = StubFleet(
      summaryAnswer: { (_) async throws(StoreError) in
        StubFleet.look([AccountRecord(account: account, latest: LatestUsage())])
      })
    try await TestServer.with(fleet, limits: ServerLimits(unsentBytes: 100_000)) { server in
      let client = try await server.connect(reading: false)
      let other = try await server.connect()
      let call = #"{"jsonrpc":"2.0","id":1,"method":"fleet.summary","params":{"token":"full"}}"#
      try await client.send(String(repeating: call + "\n", count: 20))
      try await client.closed()
      #expect(server.logs.entries.contains { $0.contains("cut off") })
      #expect(try await other.ask(call)?.utf8.count ?? 0 > 600_000)
    }
  }

  @Test("one connection more than allowed is answered overloaded and closed; the others are served")
  func tooManyConnections() async throws {
    try await TestServer.with(limits: ServerLimits(connections: 1)) { server in
      let first = try await server.connect()
      try await first.send(Self.health)
      #expect(try await first.answer() != nil)
      let second = try await server.connect()
      guard case .error(.null, let error)? = try await second.answer() else {
        Issue.record("not refused")
        return
      }
      #expect(error.kind == .overloaded)
      #expect(await second.line() == nil)
      try await first.send(Self.health)
      #expect(try await first.answer() != nil)
      #expect(server.server.statistics.connectionsOpen == 1)
      #expect(server.server.statistics.connectionsRefused == 1)
    }
  }
}
