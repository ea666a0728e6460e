import Foundation
import StoreBuilder
import Testing
import UpstreamSimulator

/// Everything that is said to a key that may see one account of three, in every state that the daemon can be in.
@Suite("A key limited to one account never learns of another", .timeLimit(Patience.minutes(5)))
struct ScopeTests {
  private static let token = "sk-test-scoped"
  /// Two that exist, and one that does not.
  private static let foreign = ["a-001", "a-002", "unknown"]

  /// Each method with and without accounts that are not the key's own.
  private static var calls: [(method: String, params: [String: Any])] {
    [
      ("fleet.summary", [:]), ("fleet.summary", ["accountIds": foreign]), ("fleet.refresh", ["accountIds": foreign]),
      ("fleet.refresh", ["accountIds": foreign, "timeoutMs": 1]), ("fleet.subscribe", ["accountIds": foreign]),
      ("fleet.unsubscribe", ["subscription": "a-001"]), ("fleet.summary", ["accountIds": "a-001"]),
      ("daemon.stats", [:]), ("daemon.health", [:]), ("no.such.method", [:]),
    ]
  }

  private static func object(_ id: Int?, _ method: String, _ params: [String: Any] = [:]) -> [String: Any] {
    var object: [String: Any] = ["jsonrpc": "2.0", "method": method]
    object["id"] = id
    object["params"] = method == "daemon.health" ? params : params.merging(["token": token]) { $1 }
    return object
  }

  private static func line(_ value: Any) -> String {
    String(decoding: (try? JSONSerialization.data(withJSONObject: value)) ?? Data(), as: UTF8.self) + "\n"
  }

  private static func accounts(_ line: String) throws -> [String] {
    let answer = try Answer(line)
    let listed = (answer.object["params"] as? [String: Any])?["accounts"] as? [[String: Any]] ?? answer.accounts
    return listed.compactMap { $0["accountId"] as? String }
  }

  private func expectNothingForeign(_ lines: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    for line in lines {
      #expect(!line.contains("a-001") && !line.contains("a-002"), "\(line.prefix(90))", sourceLocation: sourceLocation)
    }
  }

  private func runningRefreshes(_ scene: Scene) async throws -> Int {
    let refreshes = try await scene.call("daemon.stats").result["refreshes"] as? [String: Any]
    return refreshes?["inFlight"] as? Int ?? 0
  }

  @Test("by no method, one by one or in a batch, and by no notification")
  func methods() async throws {
    let scene = try await Scene.set(accounts: 3)
    let connection = try RawConnection(scene.daemon.socketPath)
    var lines: [String] = []
    try connection.send(Self.line(Self.object(0, "fleet.subscribe")))
    lines.append(try await connection.readLine())
    #expect(try Self.accounts(lines[0]) == ["a-000"])
    for (number, call) in Self.calls.enumerated() {
      let request = Self.object(number + 1, call.method, call.params)
      try connection.send(Self.line(request), isWellFormed: false)
      lines.append(try await connection.readLine())
    }
    #expect(try Answer(lines[2]).accounts.isEmpty && Answer(lines[3]).outcomes.isEmpty)
    let batch = Self.calls.enumerated().map { Self.object($0 + 100, $1.method, $1.params) }
    try connection.send(Self.line(batch), isWellFormed: false)
    lines.append(try await connection.readLine())
    #expect(lines[lines.count - 1].components(separatedBy: "\"id\":").count - 1 == Self.calls.count)
    // Somebody else's refresh changes all accounts: one notification, about its own.
    #expect(try await scene.call("fleet.refresh").tally == ["written": 3])
    lines.append(try await connection.readLine())
    #expect(try Self.accounts(lines[lines.count - 1]) == ["a-000"])
    try scene.store.execute("DELETE FROM accounts WHERE id = 'a-002'")
    try scene.store.execute("UPDATE accounts SET status = 'paused' WHERE id = 'a-000'")
    lines.append(try await connection.readLine())
    // Its own account is taken from it: that one is gone, and no other has come.
    try scene.store.execute("DELETE FROM api_key_accounts")
    lines.append(try await connection.readLine())
    #expect(
      try Self.accounts(lines[lines.count - 1]).isEmpty && lines[lines.count - 1].contains("removed\":[\"a-000\"]"))
    expectNothingForeign(lines)
    await scene.end()
  }

  @Test("what does not exist and what is somebody else's are answered alike")
  func alike() async throws {
    let scene = try await Scene.set(accounts: 3)
    let connection = try RawConnection(scene.daemon.socketPath)
    for method in ["fleet.summary", "fleet.refresh"] {
      var answers: [String] = []
      for id in ["a-001", "unknown"] {
        try connection.send(Self.line(Self.object(1, method, ["accountIds": [id]])))
        let answer = try await connection.readLine()
        answers.append(answer.replacing(/"generatedAt":"[^"]*"/, with: ""))
      }
      #expect(answers[0] == answers[1])
    }
    #expect(scene.upstream.counters.usageRequests == 0)
    await scene.end()
  }

  @Test("by no refusal for want of room, and by no cancelled call")
  func refusals() async throws {
    let scene = try await Scene.set(accounts: 3, settings: ["max-connections": "3"])
    scene.upstream.hold()
    let refreshing = try scene.beginRefresh()
    await scene.upstream.waitForUsageRequests(3)
    let connection = try RawConnection(scene.daemon.socketPath)
    var lines: [String] = []
    // One subscription more than a connection may have.
    for number in 1...17 {
      try connection.send(Self.line(Self.object(number, "fleet.subscribe", ["accountIds": Self.foreign])))
      lines.append(try await connection.readLine())
    }
    #expect(try Answer(lines[16]).errorCode == "overloaded")
    // A refresh that it gives up, while somebody else's runs.
    try connection.send(Self.line(Self.object(20, "fleet.refresh")))
    try connection.send(Self.line(["jsonrpc": "2.0", "method": "$/cancelRequest", "params": ["id": 20]]))
    lines.append(try await connection.readLine())
    #expect(try Answer(lines[17]).errorCode == "request_cancelled")
    // One connection more than there may be.
    let third = try RawConnection(scene.daemon.socketPath)
    try third.send(Self.line(Self.object(1, "daemon.health")))
    lines.append(try await third.readLine())
    let fourth = try RawConnection(scene.daemon.socketPath)
    lines.append(try await fourth.readLine())
    #expect(try Answer(lines[19]).errorCode == "overloaded")
    expectNothingForeign(lines)
    scene.upstream.release()
    #expect(try Answer(await refreshing.readLine()).outcomes.count == 3)
    await scene.end()
  }

  @Test("by nothing that is said while the daemon stops")
  func draining() async throws {
    let scene = try await Scene.set(accounts: 3)
    scene.upstream.hold()
    let full = try scene.beginRefresh()
    let scoped = try scene.beginRefresh(token: Self.token)
    let later = try RawConnection(scene.daemon.socketPath)
    try later.send(Self.line(Self.object(1, "fleet.subscribe")))
    var lines = [try await later.readLine()]
    await scene.upstream.waitForUsageRequests(3)
    while try await runningRefreshes(scene) < 2, !Task.isCancelled {}
    scene.daemon.process.signal(SIGTERM)
    #expect(await scene.daemon.process.errors.wait { $0.contains(" draining ") })
    // A new refresh is refused, also one about others; those that run end as they would have.
    for (number, params) in [[:], ["accountIds": Self.foreign]].enumerated() {
      try later.send(Self.line(Self.object(number + 2, "fleet.refresh", params)))
      lines.append(try await later.readLine())
      #expect(try Answer(lines[number + 1]).errorCode == "service_unavailable")
    }
    scene.upstream.release()
    lines.append(try await scoped.readLine())
    #expect(try Answer(lines[3]).outcomes.count == 1)
    expectNothingForeign(lines)
    #expect(try Answer(await full.readLine()).outcomes.count == 3)
    #expect(await scene.daemon.process.waitForEnd() == 0)
    await scene.upstream.stop()
  }

  @Test("by what it is told when the drain limit cuts it off")
  func cutOff() async throws {
    let scene = try await Scene.set(accounts: 3, settings: ["drain-timeout": "0"])
    scene.upstream.hold()
    let full = try scene.beginRefresh()
    let scoped = try scene.beginRefresh(token: Self.token)
    await scene.upstream.waitForUsageRequests(3)
    scene.daemon.process.signal(SIGTERM)
    let line = try await scoped.readLine()
    #expect(try Answer(line).errorCode == "service_unavailable")
    expectNothingForeign([line])
    #expect(try Answer(await full.readLine()).errorCode == "service_unavailable")
    #expect(await scene.daemon.process.waitForEnd() == 0)
    await scene.upstream.stop()
  }
}
