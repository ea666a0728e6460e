import Foundation
import StoreBuilder
import Testing
import UpstreamSimulator

@Suite("The protocol, with real processes", .timeLimit(Patience.minutes(5)))
struct ProtocolTests {
  private static func line(_ id: Int, _ method: String, _ params: [String: Any] = [:]) -> String {
    let request: [String: Any] = ["jsonrpc": "2.0", "id": id, "method": method, "params": params]
    let data = (try? JSONSerialization.data(withJSONObject: request)) ?? Data()
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  private static func subscribe(_ token: String = Scene.token, _ ids: [String]? = nil) -> String {
    var params: [String: Any] = ["token": token]
    params["accountIds"] = ids
    return line(1, "fleet.subscribe", params)
  }

  private static func params(_ line: String) throws -> [String: Any] {
    try Answer(line).object["params"] as? [String: Any] ?? [:]
  }

  private static func ids(_ accounts: Any?) -> [String] {
    (accounts as? [[String: Any]] ?? []).compactMap { $0["accountId"] as? String }
  }

  @Test("a subscriber is told of a refresh's write, and of what another process writes to the store")
  func subscription() async throws {
    let scene = try await Scene.set(accounts: 3)
    let watcher = try RawConnection(scene.daemon.socketPath)
    try watcher.send(Self.subscribe())
    let first = try Answer(await watcher.readLine())
    #expect(first.accounts.count == 3)
    #expect(try await scene.call("fleet.refresh", accounts: ["a-001"]).tally == ["written": 1])
    let change = try Self.params(await watcher.readLine())
    #expect(change["subscription"] as? String == first.result["subscription"] as? String)
    #expect(Self.ids(change["accounts"]) == ["a-001"])
    try scene.store.execute("UPDATE accounts SET status = 'paused' WHERE id = 'a-002'")
    #expect(Self.ids(try Self.params(await watcher.readLine())["accounts"]) == ["a-002"])
    try scene.store.execute("DELETE FROM accounts WHERE id = 'a-000'")
    #expect(try Self.params(await watcher.readLine())["removed"] as? [String] == ["a-000"])
    await scene.end()
  }

  @Test("a key that is revoked while it is subscribed gets one last word")
  func revoked() async throws {
    let scene = try await Scene.set(accounts: 1)
    let watcher = try RawConnection(scene.daemon.socketPath)
    try watcher.send(Self.subscribe())
    _ = try await watcher.readLine()
    try scene.store.execute("UPDATE api_keys SET is_active = 0 WHERE name = 'full'")
    let last = try Self.params(await watcher.readLine())
    #expect(last["closed"] as? String == "unauthorized" && last["accounts"] == nil)
    // Nothing follows it, also not what somebody else is told of; the connection itself goes on.
    let other = try RawConnection(scene.daemon.socketPath)
    try other.send(Self.subscribe("sk-test-scoped"))
    _ = try await other.readLine()
    try scene.store.execute("UPDATE accounts SET status = 'paused'")
    #expect(Self.ids(try Self.params(await other.readLine())["accounts"]) == ["a-000"])
    try watcher.send(Self.line(7, "daemon.health"))
    #expect(try Answer(await watcher.readLine()).object["id"] as? Int == 7)
    await scene.end()
  }

  @Test("a key that expires while it is subscribed gets one last word then")
  func expired() async throws {
    let scene = try await Scene.set(accounts: 1)
    let watcher = try RawConnection(scene.daemon.socketPath)
    try watcher.send(Self.subscribe())
    _ = try await watcher.readLine()
    try scene.store.execute(
      "UPDATE api_keys SET expires_at = strftime('%Y-%m-%d %H:%M:%f', 'now', '2 seconds') || '000' WHERE name = 'full'")
    #expect(try Self.params(await watcher.readLine())["closed"] as? String == "unauthorized")
    try watcher.send(Self.line(7, "fleet.summary", ["token": Scene.token]))
    #expect(try Answer(await watcher.readLine()).errorCode == "api_key_expired")
    await scene.end()
  }

  @Test("statistics count, and what was running is back at nothing")
  func statistics() async throws {
    let scene = try await Scene.set(accounts: 2)
    #expect(try await scene.call("fleet.refresh").tally == ["written": 2])
    let statistics = try await scene.call("daemon.stats").result
    func count(_ section: String, _ name: String) -> Int? { (statistics[section] as? [String: Any])?[name] as? Int }
    #expect(count("refreshes", "started") == 1 && count("refreshes", "inFlight") == 0)
    #expect(count("flights", "started") == 2 && count("flights", "waiters") == 0)
    #expect(count("sessions", "open") == 0 && count("upstream", "requests") == 2 && count("upstream", "inFlight") == 0)
    #expect(count("connections", "accepted") == 2 && count("calls", "inFlight") == 1)
    #expect((statistics["store"] as? [String: Any])?["kind"] as? String == "codex-lb")
    await scene.end()
  }

  @Test("the contract that is asked for is the one in the repository")
  func discover() async throws {
    let scene = try await Scene.set(accounts: 1)
    let connection = try RawConnection(scene.daemon.socketPath)
    try connection.send(Self.line(1, "rpc.discover"))
    let told = try Answer(await connection.readLine()).result
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../rpc-schema/openrpc.json")
    let written = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    #expect(!told.isEmpty && NSDictionary(dictionary: told).isEqual(to: written ?? [:]))
    await scene.end()
  }

  @Test("a caller whose timeoutMs has passed is told so, and the refresh runs to its end")
  func timeout() async throws {
    let scene = try await Scene.set(accounts: 2)
    scene.upstream.hold()
    let connection = try RawConnection(scene.daemon.socketPath)
    try connection.send(Self.line(1, "fleet.refresh", ["token": Scene.token, "timeoutMs": 1]))
    #expect(try Answer(await connection.readLine()).errorCode == "deadline_exceeded")
    await scene.upstream.waitForUsageRequests(2)
    scene.upstream.release()
    #expect(await scene.daemon.process.errors.wait { $0.contains("refresh ended") })
    #expect(try await scene.sampledAccounts() == 2)
    await scene.end()
  }

  /// Starts a daemon that may have so many files open, as the soft and the hard limit say; ends it after `body`.
  private func withDaemon(
    allowedFiles limits: String, _ body: (_ socket: String, _ process: RunningProcess) async throws -> Void
  ) async throws {
    let store = try CodexLBStore.build {
      StoredAccount("a")
      StoredKey("full")
    }
    let folder = try TemporaryDirectory()
    let socket = folder.file("fleet.sock")
    let process = try await RunningProcess(
      URL(fileURLWithPath: "/usr/bin/prlimit"),
      [
        "--nofile=\(limits)", BuiltProducts.daemon.path, "--store", store.directory.path, "--socket", socket,
        "--upstream-url", "http://127.0.0.1:9",
      ], environment: [:])
    #expect(await process.errors.wait { $0.contains(" listening ") })
    try await body(socket, process)
    process.signal(SIGTERM)
    #expect(await process.waitForEnd() == 0)
  }

  private func isServed(_ connection: RawConnection) async throws -> Bool {
    try connection.send(Self.line(1, "daemon.health"))
    return try Answer(await connection.readLine()).result["status"] as? String == "ok"
  }

  @Test("a daemon that may open few files lets few in, and keeps enough for the store and the upstream")
  func fewDescriptors() async throws {
    try await withDaemon(allowedFiles: "64:64") { socket, process in
      #expect(process.errors.text.contains("too few open files for max-connections"))
      let first = try RawConnection(socket)
      #expect(try await isServed(first))
      var crowd = try (0..<100).map { _ in try RawConnection(socket) }
      var turnedAway = 0
      for connection in crowd {
        // Who was turned away may have been hung up on already.
        try? connection.send(Self.line(1, "daemon.health"))
        turnedAway += try Answer(await connection.readLine()).errorCode == "overloaded" ? 1 : 0
      }
      #expect(turnedAway == 100 - (64 / 8 - 1))
      for (method, code) in [("fleet.summary", nil), ("fleet.refresh", "upstream_unreachable")] {
        try first.send(Scene.line(method, token: Scene.token, accounts: nil))
        let answer = try Answer(await first.readLine())
        #expect(!answer.result.isEmpty)
        #expect((answer.result["outcomes"] as? [[String: Any]])?.first?["reason"] as? String == code)
      }
      crowd.removeAll()
      var isLetIn = false
      while !isLetIn, !Task.isCancelled {
        let later = try RawConnection(socket)
        try? later.send(Self.line(1, "daemon.health"))
        isLetIn = try Answer(await later.readLine()).errorCode != "overloaded"
      }
    }
  }

  @Test("a daemon without descriptors left goes on accepting when there are some again")
  func outOfDescriptors() async throws {
    try await withDaemon(allowedFiles: "256:4096") { socket, process in
      let first = try RawConnection(socket)
      #expect(try await isServed(first))
      func allow(_ count: Int) async throws {
        let limiting = try await RunningProcess.run(
          URL(fileURLWithPath: "/usr/bin/prlimit"), ["--pid", "\(process.identifier)", "--nofile=\(count):4096"])
        #expect(limiting.status == 0)
      }
      try await allow(3)
      let later = try RawConnection(socket)
      try later.send(Self.line(1, "daemon.health"))
      #expect(await process.errors.wait { $0.contains("cannot accept") })
      // Those who got in before are served all the same.
      #expect(try await isServed(first))
      try await allow(4096)
      #expect(try Answer(await later.readLine()).result["status"] as? String == "ok")
    }
  }

  @Test("a daemon takes all the descriptors that it may have")
  func softLimit() async throws {
    try await withDaemon(allowedFiles: "48:4096") { socket, process in
      #expect(!process.errors.text.contains("too few open files"))
      for connection in try (0..<100).map({ _ in try RawConnection(socket) }) {
        #expect(try await isServed(connection))
      }
    }
  }

  @Test("neighbours that write and never read, never finish a line, or send thousands of calls hold up nobody")
  func neighbours() async throws {
    let scene = try await Scene.set(accounts: 20)
    let silent = try RawConnection(scene.daemon.socketPath)
    try silent.send("{", isWellFormed: false)
    let greedy = try RawConnection(scene.daemon.socketPath)
    let call = Scene.line("fleet.summary", token: Scene.token, accounts: nil)
    let pipeline = String(repeating: call, count: 5_000)
    let writing = Task { try await greedy.sendMuch(pipeline) }
    for _ in 0..<20 { #expect(try await scene.call("fleet.summary").accounts.count == 20) }
    // Whoever does read gets all its answers.
    let patient = try RawConnection(scene.daemon.socketPath)
    let sending = Task { try await patient.sendMuch(String(repeating: call, count: 1_000)) }
    for _ in 0..<1_000 { #expect(try Answer(await patient.readLine()).accounts.count == 20) }
    try await sending.value
    greedy.hangUp()
    _ = await writing.result
    await scene.end()
  }
}
