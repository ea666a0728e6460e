import Fleet
import FleetTestSupport
import JSON
import NIOConcurrencyHelpers
import Testing

@testable import FleetServer

@Suite("Subscriptions", .timeLimit(.minutes(1)))
struct SubscriptionTests {
  /// A fleet that the test changes while others watch it.
  private final class LiveFleet: Sendable {
    private struct State {
      var accounts: [AccountRecord] = []
      var isRevoked = false
      var listeners: [AsyncStream<Void>.Continuation] = []
      var looks = 0
    }

    private let state = NIOLockedValueBox(State())

    init(_ names: String...) { state.withLockedValue { $0.accounts = names.map { Self.record($0) } } }

    static func record(_ name: String, status: AccountStatus = .active) -> AccountRecord {
      AccountRecord(
        account: Account(id: AccountID(name), email: "\(name)@example.com", plan: Plan("plus"), status: status),
        latest: LatestUsage())
    }

    var looks: Int { state.withLockedValue { $0.looks } }

    var stub: StubFleet {
      var stub = StubFleet(summaryAnswer: { [state] (_) async throws(StoreError) in
        StubFleet.look(
          state.withLockedValue { state in
            state.looks += 1
            return state.accounts
          })
      })
      stub.changeStream = { [state] in
        AsyncStream { continuation in state.withLockedValue { $0.listeners.append(continuation) } }
      }
      stub.isRevoked = { [state] in state.withLockedValue { $0.isRevoked } }
      return stub
    }

    func set(_ records: AccountRecord...) { replace(records) }

    func replace(_ records: [AccountRecord]) { change { $0.accounts = records } }

    func revoke() { change { $0.isRevoked = true } }

    private func change(_ body: (inout State) -> Void) {
      let listeners = state.withLockedValue { state in
        body(&state)
        return state.listeners
      }
      for listener in listeners { listener.yield() }
    }
  }

  private static let subscribe =
    #"{"jsonrpc":"2.0","id":1,"method":"fleet.subscribe","params":{"token":"full"}}"#

  private static func object(_ line: String?) throws -> JSONValue {
    try JSONReader.parse(Array(try #require(line).utf8))
  }

  private static func ids(_ accounts: JSONValue?) -> [String] {
    accounts?.arrayValue?.compactMap { $0["accountId"]?.stringValue } ?? []
  }

  @Test("a subscriber gets the fleet first, then what has changed and nothing else")
  func changes() async throws {
    let fleet = LiveFleet("a", "b")
    try await TestServer.with(fleet.stub) { server in
      let client = try await server.connect()
      let first = try Self.object(try await client.ask(Self.subscribe))["result"]
      #expect(Self.ids(first?["accounts"]) == ["a", "b"])
      let id = try #require(first?["subscription"]?.stringValue)
      fleet.set(LiveFleet.record("a"), LiveFleet.record("b", status: .paused), LiveFleet.record("c"))
      let change = try Self.object(await client.line())
      #expect(change["method"] == "fleet.changed" && change["id"] == nil)
      #expect(change["params"]?["subscription"]?.stringValue == id)
      #expect(Self.ids(change["params"]?["accounts"]) == ["b", "c"])
      #expect(change["params"]?["accounts"]?.arrayValue?.first?["status"] == "paused")
      #expect(change["params"]?["removed"] == [])
      fleet.set(LiveFleet.record("a"), LiveFleet.record("b", status: .paused))
      let removal = try Self.object(await client.line())
      #expect(removal["params"]?["removed"] == ["c"] && removal["params"]?["accounts"] == [])
      #expect(server.server.statistics.subscriptionsOpen == 1)
    }
  }

  @Test("a commit that changes nothing that the subscriber sees is not told")
  func nothing() async throws {
    let fleet = LiveFleet("a")
    try await TestServer.with(fleet.stub) { server in
      let client = try await server.connect()
      _ = try await client.ask(Self.subscribe)
      await until { fleet.looks == 2 }
      fleet.set(LiveFleet.record("a"))
      await until { fleet.looks == 3 }
      #expect(try await client.ask(#"{"jsonrpc":"2.0","id":7,"method":"daemon.health"}"#)?.contains(#""id":7"#) == true)
    }
  }

  @Test("a key that is no longer accepted gets one last word, and nothing further")
  func revoked() async throws {
    let fleet = LiveFleet("a")
    try await TestServer.with(fleet.stub) { server in
      let client = try await server.connect()
      let id = try Self.object(try await client.ask(Self.subscribe))["result"]?["subscription"]
      fleet.revoke()
      let last = try Self.object(await client.line())
      #expect(last["params"]?["subscription"] == id && last["params"]?["closed"] == "unauthorized")
      #expect(last["params"]?["accounts"] == nil)
      await until { server.server.statistics.subscriptionsOpen == 0 }
      fleet.set(LiveFleet.record("b"))
      #expect(try await client.ask(#"{"jsonrpc":"2.0","id":7,"method":"daemon.health"}"#)?.contains(#""id":7"#) == true)
    }
  }

  @Test("a subscription that was given up is told of nothing, and cannot be given up twice")
  func unsubscribed() async throws {
    let fleet = LiveFleet("a")
    try await TestServer.with(fleet.stub) { server in
      let client = try await server.connect()
      let id = try #require(
        try Self.object(try await client.ask(Self.subscribe))["result"]?["subscription"]?.stringValue)
      let end =
        #"{"jsonrpc":"2.0","id":2,"method":"fleet.unsubscribe","params":{"token":"full","subscription":"\#(id)"}}"#
      await until { server.server.statistics.subscriptionsStarted == 1 }
      #expect(try await client.ask(end)?.contains(#"{"ok":true}"#) == true)
      await until { server.server.statistics.subscriptionsOpen == 0 }
      fleet.set(LiveFleet.record("b"))
      #expect(try await client.ask(end)?.contains("invalid_params") == true)
    }
  }

  @Test("a subscription ends with its connection")
  func hungUp() async throws {
    let fleet = LiveFleet("a")
    try await TestServer.with(fleet.stub) { server in
      let client = try await server.connect()
      _ = try await client.ask(Self.subscribe)
      await until { server.server.statistics.subscriptionsOpen >= 1 }
      try await client.close()
      await until { server.server.statistics.subscriptionsOpen == 0 }
      await until { server.server.statistics.connectionsOpen == 0 }
    }
  }

  @Test("a client that sends no more is told of changes all the same")
  func halfClosed() async throws {
    let fleet = LiveFleet("a")
    try await TestServer.with(fleet.stub) { server in
      let client = try await server.connect()
      try await client.send(Self.subscribe + "\n")
      try await client.halfClose()
      #expect(await client.line()?.contains("result") == true)
      fleet.set(LiveFleet.record("b"))
      #expect(await client.line()?.contains("fleet.changed") == true)
    }
  }

  @Test("one connection has so many subscriptions and no more")
  func limit() async throws {
    try await TestServer.with(LiveFleet("a").stub, limits: ServerLimits(subscriptionsPerConnection: 2)) { server in
      let client = try await server.connect()
      for _ in 0..<2 { #expect(try await client.ask(Self.subscribe)?.contains("result") == true) }
      #expect(try await client.ask(Self.subscribe)?.contains("overloaded") == true)
      let other = try await server.connect()
      #expect(try await other.ask(Self.subscribe)?.contains("result") == true)
    }
    try await TestServer.with(LiveFleet("a").stub, limits: ServerLimits(subscriptions: 1)) { server in
      let client = try await server.connect()
      #expect(try await client.ask(Self.subscribe)?.contains("result") == true)
      await until { server.server.statistics.subscriptionsOpen == 1 }
      let other = try await server.connect()
      #expect(try await other.ask(Self.subscribe)?.contains("overloaded") == true)
    }
  }

  @Test("a subscription as a notification, whose name nobody is told, takes nobody's place")
  func asNotification() async throws {
    try await TestServer.with(LiveFleet("a").stub, limits: ServerLimits(subscriptionsPerConnection: 1)) { server in
      let client = try await server.connect()
      let notification = Self.subscribe.replacing(#""id":1,"#, with: "")
      for _ in 0..<3 { try await client.send(notification + "\n") }
      await until { server.server.statistics.callsStarted == 3 && server.server.statistics.callsInFlight == 0 }
      #expect(try await client.ask(Self.subscribe)?.contains("result") == true)
    }
  }

  @Test("whoever does not read is sent one change, and later all that has happened meanwhile in one")
  func slowReader() async throws {
    let fleet = LiveFleet()
    // More than the socket takes while nobody reads.
    let many = (0..<4_000).map { LiveFleet.record("a-\($0)") }
    try await TestServer.with(fleet.stub) { server in
      let client = try await server.connect()
      _ = try await client.ask(Self.subscribe)
      try await client.stopReading()
      fleet.replace(many)
      let other = try await server.connect()
      for round in 0..<20 {
        fleet.replace(many + [LiveFleet.record("z-\(round)")])
        // Others are served meanwhile.
        #expect(try await other.ask(#"{"jsonrpc":"2.0","id":7,"method":"daemon.health"}"#) != nil)
      }
      try await client.startReading()
      var seen: [String] = []
      var notifications = 0
      while !seen.contains("z-19") {
        let change = try Self.object(await client.line())
        notifications += 1
        seen += Self.ids(change["params"]?["accounts"])
      }
      #expect(notifications <= 4)
    }
  }

  @Test("the end of an account's limit is told when it comes, although nothing is written")
  func limitEnds() async throws {
    let clock = TestClock(now: StubFleet.instant)
    let limited = AccountRecord(
      account: Account(
        id: "a", email: "a@example.com", plan: Plan("plus"), status: .rateLimited,
        resetAt: StubFleet.instant.unixSeconds + 10),
      latest: LatestUsage(
        primary: UsageSample(recordedAt: StubFleet.instant, usedPercent: 50, resetAt: nil, windowMinutes: 300)))
    let fleet = StubFleet(summaryAnswer: { (_) async throws(StoreError) in
      StubFleet.look([limited], at: clock.now)
    })
    try await TestServer.with(fleet, clock: clock) { server in
      let client = try await server.connect()
      let first = try Self.object(try await client.ask(Self.subscribe))
      #expect(first["result"]?["accounts"]?[0]?["status"] == "rate_limited")
      await clock.sleepers(2)
      clock.advance(by: .seconds(10))
      let change = try Self.object(await client.line())
      #expect(change["params"]?["accounts"]?[0]?["status"] == "active")
    }
  }

  @Test("what is committed in quick succession is told together")
  func together() async throws {
    let clock = TestClock(now: StubFleet.instant)
    let fleet = LiveFleet("a")
    try await TestServer.with(fleet.stub, clock: clock) { server in
      let client = try await server.connect()
      _ = try await client.ask(Self.subscribe)
      await clock.sleepers(2)
      for name in ["b", "c", "d"] { fleet.set(LiveFleet.record(name)) }
      // As long as no time passes nobody looks again.
      #expect(try await client.ask(#"{"jsonrpc":"2.0","id":7,"method":"daemon.health"}"#)?.contains(#""id":7"#) == true)
      clock.advance(by: .milliseconds(25))
      let change = try Self.object(await client.line())
      #expect(Self.ids(change["params"]?["accounts"]) == ["d"] && change["params"]?["removed"] == ["a"])
    }
  }
}
