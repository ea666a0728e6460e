import Fleet
import NIOConcurrencyHelpers
import Testing

@testable import FleetServer

@Suite("Summaries that are known", .timeLimit(.minutes(1)))
struct KnownAnswerTests {
  private static func call(_ id: Int, token: String = "full") -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"fleet.summary","params":{"token":"\#(token)"}}"#
  }

  /// A core that counts how often it was asked for a look that takes reading.
  private final class Fleet: Sendable {
    let looks = NIOLockedValueBox(0)
    let isKnown = NIOLockedValueBox(true)
    let look = StubFleet.look([
      AccountRecord(
        account: Account(id: "a", email: "a@example.com", plan: Plan("plus"), status: .active), latest: LatestUsage())
    ])

    var stub: StubFleet {
      var stub = StubFleet(summaryAnswer: { [self] (_) async throws(StoreError) in
        looks.withLockedValue { $0 += 1 }
        return look
      })
      stub.knownAnswer = { [self] in isKnown.withLockedValue { $0 } ? look : nil }
      return stub
    }
  }

  @Test("what was rendered once answers everybody, byte for byte the same but for the id")
  func shared() async throws {
    let fleet = Fleet()
    try await TestServer.with(fleet.stub) { server in
      let client = try await server.connect()
      let first = try #require(try await client.ask(Self.call(1)))
      #expect(first.hasPrefix(#"{"jsonrpc":"2.0","id":1,"result":{"accounts":[{"accountId":"a""#))
      for id in 2...20 {
        let answer = try await client.ask(Self.call(id))
        #expect(answer == first.replacing(#""id":1,"#, with: #""id":\#(id),"#, maxReplacements: 1))
      }
      let other = try await server.connect()
      #expect(try await other.ask(Self.call(1)) == first)
      #expect(fleet.looks.withLockedValue { $0 } == 1)
      #expect(server.server.statistics.callsStarted == 21 && server.server.statistics.callsInFlight == 0)
    }
  }

  @Test("what is not known any more is asked for, and so is whatever is not the plain call")
  func unknown() async throws {
    let fleet = Fleet()
    try await TestServer.with(fleet.stub) { server in
      let client = try await server.connect()
      _ = try await client.ask(Self.call(1))
      fleet.isKnown.withLockedValue { $0 = false }
      _ = try await client.ask(Self.call(2))
      #expect(fleet.looks.withLockedValue { $0 } == 2)
      fleet.isKnown.withLockedValue { $0 = true }
      _ = try await client.ask(
        #"{"jsonrpc":"2.0","id":3,"method":"fleet.summary","params":{"token":"full","accountIds":[]}}"#)
      #expect(fleet.looks.withLockedValue { $0 } == 3)
      #expect(try await client.ask(Self.call(4, token: "stranger"))?.contains("invalid_api_key") == true)
      let wrong = #"{"jsonrpc":"2.0","id":5,"method":"fleet.summary","params":{"token":"full","more":1}}"#
      #expect(try await client.ask(wrong)?.contains("invalid_params") == true)
      try await client.send(#"{"jsonrpc":"2.0","method":"fleet.summary","params":{"token":"full"}}"# + "\n")
      #expect(try await client.ask(Self.call(6))?.contains(#""id":6"#) == true)
    }
  }

  @Test("a line that was answered before is answered by what is there now, and by nothing once its key is revoked")
  func repeatedLines() async throws {
    let fleet = Fleet()
    let isRevoked = NIOLockedValueBox(false)
    var stub = fleet.stub
    stub.isRevoked = { isRevoked.withLockedValue { $0 } }
    try await TestServer.with(stub) { server in
      let client = try await server.connect()
      for id in 1...3 { #expect(try await client.ask(Self.call(id))?.contains("result") == true) }
      isRevoked.withLockedValue { $0 = true }
      #expect(try await client.ask(Self.call(4))?.contains("invalid_api_key") == true)
      isRevoked.withLockedValue { $0 = false }
      #expect(try await client.ask(Self.call(5))?.hasPrefix(#"{"jsonrpc":"2.0","id":5,"result""#) == true)
    }
  }

  @Test("a key that is known counts in favour of its connection")
  func authentication() async throws {
    let fleet = Fleet()
    try await TestServer.with(fleet.stub, limits: ServerLimits(consecutiveAuthenticationFailures: 2)) { server in
      let client = try await server.connect()
      _ = try await client.ask(Self.call(0))
      for id in 1...5 {
        #expect(try await client.ask(Self.call(id, token: "stranger"))?.contains("invalid_api_key") == true)
        #expect(try await client.ask(Self.call(id))?.contains("result") == true)
      }
    }
  }
}
