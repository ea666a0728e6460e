import FleetTestSupport
import Glibc
import Testing

@testable import FleetServer

@Suite("Peers", .timeLimit(.minutes(1)))
struct PeerTests {
  private static let health = #"{"jsonrpc":"2.0","id":7,"method":"daemon.health"}"#

  @Test("who is on one of the lists may connect; without lists everybody may")
  func policy() {
    let peer = Peer(process: 1, user: 1_000, group: 100)
    #expect(PeerPolicy().allows(peer))
    #expect(PeerPolicy(users: [1_000]).allows(peer) && !PeerPolicy(users: [0]).allows(peer))
    #expect(PeerPolicy(groups: [100]).allows(peer) && !PeerPolicy(groups: [1_000]).allows(peer))
    #expect(PeerPolicy(users: [0], groups: [100]).allows(peer) && !PeerPolicy(users: [], groups: []).allows(peer))
  }

  @Test("a process that may not connect is told so and let go, before anything is read")
  func refused() async throws {
    try await TestServer.with(peers: PeerPolicy(users: [getuid() + 1])) { server in
      let client = try await server.connect()
      #expect(await client.line()?.contains("allow-uids") == true)
      #expect(await client.line() == nil)
      #expect(server.server.statistics.connectionsRefused == 1 && server.server.statistics.connectionsAccepted == 0)
    }
  }

  @Test("a process that may connect is served, and named in the log by its user and number")
  func served() async throws {
    try await TestServer.with(peers: PeerPolicy(users: [getuid()])) { server in
      let client = try await server.connect()
      #expect(try await client.ask(Self.health) != nil)
      #expect(server.logs.entries.contains { $0.contains("uid=\(getuid())") && $0.contains("pid=\(getpid())") })
    }
  }

  @Test("one user has so many connections and no more; what ends makes room")
  func perUser() async throws {
    try await TestServer.with(limits: ServerLimits(connectionsPerUser: 1)) { server in
      let first = try await server.connect()
      #expect(try await first.ask(Self.health) != nil)
      let second = try await server.connect()
      #expect(await second.line()?.contains("to user \(getuid())") == true)
      try await first.close()
      await until { server.server.statistics.connectionsOpen == 0 }
      let third = try await server.connect()
      #expect(try await third.ask(Self.health) != nil)
    }
  }

  @Test("a client that takes too long for its first line, or for a later one, is told so and let go")
  func lateLines() async throws {
    try await TestServer.with(limits: ServerLimits(lineTimeout: .milliseconds(100))) { server in
      let silent = try await server.connect()
      #expect(await silent.line()?.contains("deadline_exceeded") == true)
      #expect(await silent.line() == nil)
    }
    try await TestServer.with(limits: ServerLimits(lineTimeout: .seconds(2))) { server in
      let slow = try await server.connect()
      #expect(try await slow.ask(Self.health) != nil)
      try await slow.send("{")
      #expect(await slow.line()?.contains("deadline_exceeded") == true)
      #expect(await slow.line() == nil)
    }
  }

  @Test("whoever keeps most waiting is cut off when all together keep too much, and the others are served")
  func budget() async throws {
    let limits = ServerLimits(bytesWaiting: 200_000, fairShare: 50_000)
    try await TestServer.with(limits: limits) { server in
      let modest = try await server.connect()
      try await modest.send(#"{"jsonrpc":"2.0","id":7,"#)
      let first = try await server.connect()
      try await first.send("\"" + String(repeating: "x", count: 150_000))
      await until { server.server.budget.bytesWaiting > 150_000 }
      let second = try await server.connect()
      try await second.send("\"" + String(repeating: "x", count: 80_000))
      #expect(await first.line() == nil)
      try await modest.send(#""method":"daemon.health"}"# + "\n")
      #expect(await modest.line()?.contains(#""id":7"#) == true)
      try await second.send("\"\n")
      #expect(await second.line()?.contains("invalid_request") == true)
      await until { server.server.budget.bytesWaiting == 0 }
    }
  }

  @Test("a connection without any use is closed when idle time is limited")
  func idle() async throws {
    try await TestServer.with(limits: ServerLimits(idleTimeout: .milliseconds(100))) { server in
      let client = try await server.connect()
      #expect(await client.line() == nil)
    }
  }
}
