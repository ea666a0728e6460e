import JSON
import JSONRPC
import Testing

@testable import FleetCommand

@Suite("codex-fleet stats", .timeLimit(.minutes(5)))
struct StatsCommandTests {
  private static let busy = stats(uptime: "86411.25", draining: false, oldest: "71.4", kind: "own")

  @Test("shows the counts as stored")
  func table() async throws {
    let daemon = try await CannedDaemon(["daemon.stats": .result(Self.busy)])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("stats") == .ok)
    try Snapshot.expect(console.output, "stats")
    #expect(daemon.params(of: "daemon.stats") == [["token": "sk-test"]])
    let quiet = TestConsole(environment: .with(daemon))
    #expect(await quiet.run("stats", "-q") == .ok)
    #expect(quiet.output == String(console.output.prefix(quiet.output.count)))
    #expect(console.output.hasSuffix("\ncodex-fleetd 1.0.0, up 1 d, own store\n"))
  }

  @Test("prints the result as it was received")
  func json() async throws {
    let daemon = try await CannedDaemon(["daemon.stats": .result(#"{"new":1}"#)])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("stats", "--json") == .ok)
    #expect(console.output == "{\"new\":1}\n")
  }

  @Test(
    "says when the daemon stops, whose store it has, and no more than it knows of absurd times",
    arguments: [
      (stats(uptime: "3600", draining: true, oldest: "0", kind: "codex-lb"), "up 1 h, codex-lb's store, about to stop"),
      (stats(uptime: "1e300", draining: false, oldest: "-1e300", kind: "a\\u001b[2J"), "store: a?[2J"),
    ])
  func words(result: String, words: String) async throws {
    let daemon = try await CannedDaemon(["daemon.stats": .result(result)])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("stats") == .ok)
    #expect(console.output.hasSuffix("\(words)\n"))
  }

  private static func stats(uptime: String, draining: Bool, oldest: String, kind: String) -> String {
    func work(_ now: Int, _ waiters: Int) -> String {
      """
      {"started":2904,"joined":37,"inFlight":\(now),"waiters":\(waiters),"oldestSeconds":\(oldest)}
      """
    }
    return """
      {"version":"1.0.0","uptimeSeconds":\(uptime),"draining":\(draining),"connections":{"open":3,"accepted":118,\
      "refused":4},"calls":{"started":5210,"inFlight":2},"subscriptions":{"started":4,"open":1},\
      "refreshes":\(work(1, 1)),"flights":\(work(2, 50)),"exchanges":\(work(0, 0)),"visits":\(work(0, 0)),\
      "sessions":{"opened":2968,"open":3},"upstream":{"requests":2911,"inFlight":2,"connectionsOpened":12},\
      "store":{"kind":"\(kind)"}}
      """
  }
}
