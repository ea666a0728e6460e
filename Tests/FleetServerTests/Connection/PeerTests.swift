import FleetTestSupport
import Glibc
import Testing

@testable import FleetServer

@Suite("Peers", .timeLimit(.minutes(1)))
struct PeerTests {
  private static let health = #"{"jsonrpc":"2.0","id":7,"method":"daemon.health"}"#

  @Test("who is on one of the lists may connect, with any of its groups; without lists everybody may")
  func policy() {
    let peer = Peer(process: 1, user: 1_000, group: 100)
    func allows(_ policy: PeerPolicy, further groups: UInt32...) -> Bool { policy.allows(peer, PeerGroups(groups)) }
    #expect(allows(PeerPolicy()))
    #expect(allows(PeerPolicy(users: [1_000])) && !allows(PeerPolicy(users: [0]), further: 1_000))
    #expect(allows(PeerPolicy(groups: [100])) && !allows(PeerPolicy(groups: [1_000])))
    #expect(allows(PeerPolicy(groups: [7]), further: 5, 7) && !allows(PeerPolicy(groups: [6]), further: 5, 7))
    #expect(allows(PeerPolicy(users: [0], groups: [100])) && !allows(PeerPolicy(users: [], groups: [])))
    // What was not filled in is nobody's group.
    #expect(!allows(PeerPolicy(groups: [0]), further: 5))
  }

  @Test("further groups are asked for only where it depends on them")
  func verdict() {
    let peer = Peer(process: 1, user: 1_000, group: 100)
    #expect(PeerPolicy().verdict(on: peer) == true && PeerPolicy(users: [0]).verdict(on: peer) == false)
    #expect(PeerPolicy(users: [1_000], groups: [5]).verdict(on: peer) == true)
    #expect(PeerPolicy(groups: []).verdict(on: peer) == false && PeerPolicy(groups: [5]).verdict(on: peer) == nil)
  }

  @Test("refusals are logged one by one only as long as they are few")
  func pace() {
    var pace = RefusalPace()
    let first = (0..<3).map { _ in pace.refused() }
    #expect(first == [true, false, false])
    var told = [pace.pauseEnded()]
    let during = pace.refused()
    // A pause in which nobody came is the last.
    told += [pace.pauseEnded(), pace.pauseEnded()]
    let after = pace.refused()
    #expect(told == [2, 1, 0] && !during && after)
  }

  @Test("whoever knocks again and again does not fill the log, and every knock is counted")
  func knocking() async throws {
    try await TestServer.with(peers: PeerPolicy(users: [getuid() + 1])) { server in
      for _ in 0..<40 {
        let client = try await server.connect()
        #expect(await client.line() != nil)
      }
      func lines(_ message: String) -> [String] { server.logs.entries.filter { $0.contains(message) } }
      func counted() -> Int {
        lines("more connections refused").compactMap { $0.split(separator: "count=").last.flatMap { Int($0) } }
          .reduce(lines("info connection refused").count, +)
      }
      await until { counted() == 40 }
      #expect(lines("refused").count < 40)
    }
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
