import Foundation
import ProxySimulator
import StoreBuilder
import Testing
import UpstreamSimulator

@Suite("Faults of the process", .timeLimit(Patience.minutes(5)))
struct ProcessFaultTests {
  private static let runsLong = ProcessInfo.processInfo.environment["CODEX_FLEET_FAULTS"] == "1"

  @Test(
    "memory that the JSON reader does not get costs the call, and never makes another of it",
    .enabled(if: FaultLibrary.isPossible, FaultLibrary.need))
  func memoryForJSON() async throws {
    let faults = try await FaultLibrary()
    let scene = try await Scene.set(accounts: 2, environment: faults.environment)
    var refused = 0
    for nth in 1...60 {
      try faults.set("allocate libjansson \(nth)")
      for method in ["fleet.summary", "daemon.health"] {
        let connection = try RawConnection(scene.daemon.socketPath)
        let params: [String: Any] = method == "daemon.health" ? [:] : ["token": Scene.token]
        let request: [String: Any] = ["jsonrpc": "2.0", "id": 1, "method": method, "params": params]
        let line = String(decoding: try JSONSerialization.data(withJSONObject: request), as: UTF8.self)
        try connection.send(line + "\n")
        let answer = try Answer(await connection.readLine())
        #expect(!answer.result.isEmpty || answer.errorCode == "overloaded", "\(nth): \(answer.object)")
        if answer.errorCode == "overloaded" { refused += 1 }
      }
    }
    #expect(refused > 0)
    try faults.clear()
    #expect(try await scene.call("fleet.refresh").tally == ["written": 2])
    await scene.end()
  }

  @Test(
    "new tokens for which there is no memory at first are read again",
    .enabled(if: FaultLibrary.isPossible, FaultLibrary.need))
  func memoryForTokens() async throws {
    let faults = try await FaultLibrary()
    let scene = try await Scene.set(accounts: 1, environment: faults.environment)
    scene.upstream.expireAccessToken(of: "a-000")
    scene.upstream.hold(.token)
    let refresh = try scene.beginRefresh()
    await scene.upstream.waitForTokenRequests(1)
    try faults.set("allocation libjansson 1")
    scene.upstream.release(.token)
    #expect(try Answer(await refresh.readLine()).tally == ["written": 1])
    #expect(faults.takeStrike())
    #expect(scene.upstream.counters.tokenRequests == 1)
    #expect(try await scene.call("fleet.refresh").tally == ["fresh": 1])
    await scene.end()
  }

  @Test(
    "a name that is looked up for long keeps nobody else's new tokens from being read",
    .enabled(if: FaultLibrary.isPossible, FaultLibrary.need))
  func slowNames() async throws {
    let faults = try await FaultLibrary()
    let proxy = try ProxySimulator(.http)
    let scene = try await Scene.set(
      accounts: 2,
      change: {
        $0.with {
          guard $0.id == "a-001" else { return }
          $0.proxies = [StoredProxy(host: "slow.example", port: 1), StoredProxy(port: proxy.port)]
        }
      }, environment: faults.environment)
    scene.upstream.expireAccessToken(of: "a-000")
    scene.upstream.hold(.token)
    let refresh = try scene.beginRefresh(accounts: ["a-000"])
    await scene.upstream.waitForTokenRequests(1)
    // Longer than the exchange may take.
    try faults.set("names slow.example 20")
    // The first proxy is given up after seconds, while its name is still looked up.
    #expect(try await scene.call("fleet.refresh", accounts: ["a-001"]).tally == ["written": 1])
    #expect(proxy.counters.tunnels.count == 1)
    scene.upstream.release(.token)
    #expect(try Answer(await refresh.readLine()).tally == ["written": 1])
    #expect(scene.upstream.counters.tokenRequests == 1)
    await scene.end()
    proxy.stop()
  }

  @Test("new tokens that arrive while the process is stopped are read, however long that was")
  func stopped() async throws {
    let scene = try await Scene.set(accounts: 1)
    scene.upstream.expireAccessToken(of: "a-000")
    scene.upstream.hold(.token)
    let refresh = try scene.beginRefresh()
    await scene.upstream.waitForTokenRequests(1)
    scene.daemon.process.signal(SIGSTOP)
    scene.upstream.release(.token)
    // Longer than an exchange may take.
    #expect(try await RunningProcess.run(URL(fileURLWithPath: "/bin/sleep"), ["9"]).status == 0)
    scene.daemon.process.signal(SIGCONT)
    #expect(try Answer(await refresh.readLine()).tally == ["written": 1])
    #expect(scene.upstream.counters.tokenRequests == 1)
    await scene.end()
  }

  @Test(
    "any piece of memory that curl does not get costs the attempt at most, and the next refresh works",
    .enabled(if: FaultLibrary.isPossible, FaultLibrary.need))
  func memoryForCurl() async throws {
    let faults = try await FaultLibrary()
    // Each account is looked at for the first time, so that none is fresh, and on a connection of its own.
    let scene = try await Scene.set(accounts: 400, environment: faults.environment)
    scene.upstream.behave(UpstreamBehaviour(endsConnection: true))
    func attempts() async throws -> Int {
      let figures = try await scene.call("daemon.stats").result["upstream"] as? [String: Int]
      return try #require(figures?["requests"])
    }
    var (nth, unsent, unanswered) = (1, 0, 0)
    var isUntouched = false
    for name in Scene.names(400) where !isUntouched {
      let (known, made) = (scene.upstream.counters.usageRequests, try await attempts())
      try faults.set("allocation libcurl \(nth)")
      let answer = try await scene.call("fleet.refresh", accounts: [name])
      isUntouched = !faults.takeStrike()
      try faults.clear()
      #expect(answer.tally == ["written": 1] || answer.tally == ["failed": 1], "\(nth): \(answer.object)")
      let written = answer.tally["written", default: 0]
      let arrived = scene.upstream.counters.usageRequests - known
      let tried = try await attempts() - made
      #expect(!isUntouched || written == 1 && arrived == 1 && tried == 1, "\(nth): \(answer.object)")
      if tried > arrived { unsent += 1 }
      if arrived > written { unanswered += 1 }
      #expect(try await scene.call("fleet.summary").accounts.count == 400)
      let next = try await scene.call("fleet.refresh", accounts: [name]).tally
      #expect(next == [written == 1 ? "fresh" : "written": 1], "\(nth): \(next)")
      // Fewer than curl asks for while it takes an answer.
      nth += Self.runsLong || nth < 10 ? 1 : 5
    }
    #expect(isUntouched && unsent > 0 && unanswered > 0, "\(nth), \(unsent), \(unanswered)")
    await scene.end()
  }

  @Test(
    "a piece of memory that curl does not get never has a token presented twice",
    .enabled(if: FaultLibrary.isPossible, FaultLibrary.need))
  func memoryForExchange() async throws {
    let faults = try await FaultLibrary()
    let scene = try await Scene.set(accounts: 400, environment: faults.environment)
    scene.upstream.behave(UpstreamBehaviour(endsConnection: true))
    var (nth, unrenewed) = (1, 0)
    var isUntouched = false
    for name in Scene.names(400) where !isUntouched {
      scene.upstream.expireAccessToken(of: name)
      let asked = scene.upstream.counters.tokenRequests
      try faults.set("allocation libcurl \(nth)")
      let outcome = try #require(try await scene.call("fleet.refresh", accounts: [name]).outcomes.first)
      isUntouched = !faults.takeStrike()
      try faults.clear()
      let isWritten = outcome["outcome"] as? String == "written"
      #expect(isWritten || outcome["outcome"] as? String == "failed", "\(nth): \(outcome)")
      #expect(scene.upstream.counters.tokenRequests <= asked + 1, "\(nth): \(outcome)")
      let isStored = try scene.store.refreshTokens()[name] == scene.upstream.refreshToken(of: name)
      #expect(isStored || outcome["reason"] as? String == "exchange_unreachable", "\(nth): \(outcome)")
      if !isStored { unrenewed += 1 }
      // Fewer than curl asks for while it takes the answer with the tokens.
      nth += Self.runsLong ? 1 : 4
    }
    #expect(isUntouched && unrenewed > 0 && scene.upstream.counters.refreshTokensReused == 0, "\(nth), \(unrenewed)")
    await scene.end()
  }

  @Test(
    "a curl that gets hardly any memory fails a refresh, and the next one works",
    .enabled(if: FaultLibrary.isPossible, FaultLibrary.need))
  func noMemoryForCurl() async throws {
    let faults = try await FaultLibrary()
    let scene = try await Scene.set(accounts: 2, environment: faults.environment)
    for nth in [1, 2, 3, 5, 8, 13, 21] {
      try faults.set("allocate libcurl \(nth)")
      let tally = try await scene.call("fleet.refresh").tally
      // No request needs so few allocations that it could be sent.
      #expect(tally == ["failed": 2], "\(nth): \(tally)")
      #expect(try await scene.call("fleet.summary").accounts.count == 2)
    }
    #expect(scene.upstream.counters.usageRequests == 0)
    try faults.clear()
    #expect(try await scene.call("fleet.refresh").tally == ["written": 2])
    await scene.end()
  }

  @Test(
    "a clock that jumps ahead or back keeps nobody from being refreshed, renewed, answered or told",
    .enabled(if: FaultLibrary.isPossible, FaultLibrary.need),
    arguments: [86_400, -86_400, 3_000_000_000, -2_000_000_000])
  func clock(seconds: Int) async throws {
    let faults = try await FaultLibrary()
    let scene = try await Scene.set(
      accounts: 1, additional: .empty, settings: ["refresh-interval": "1"], environment: faults.environment)
    #expect(try await scene.call("fleet.refresh").tally == ["written": 1])
    let watcher = try RawConnection(scene.daemon.socketPath)
    try watcher.send(Scene.line("fleet.subscribe", token: Scene.token, accounts: nil))
    #expect(try Answer(await watcher.readLine()).accounts.count == 1)
    try faults.set("clock \(seconds)")
    try await expectRenewal(1, ahead: seconds, by: watcher, in: scene)
    try faults.clear()
    try await expectRenewal(2, ahead: 0, by: watcher, in: scene)
    #expect(scene.upstream.counters.refreshTokensReused == 0)
    await scene.end()
  }

  /// Expects that a login whose access token has ended is renewed for the n-th time, under a clock that is so far ahead.
  private func expectRenewal(_ number: Int, ahead seconds: Int, by watcher: RawConnection, in scene: Scene) async throws
  {
    scene.upstream.expireAccessToken(of: "a-000")
    scene.upstream.hold(.token)
    // What an own look has brought stays fresh for a second of real time, whatever the clock says.
    let refreshing = Task {
      var tally = ["fresh": 1]
      while tally == ["fresh": 1], !Task.isCancelled { tally = try await scene.call("fleet.refresh").tally }
      return tally
    }
    await scene.upstream.waitForTokenRequests(number)
    // The clock by which the claim ends has jumped with the others.
    let ahead = "strftime('%s', claimed_at) - strftime('%s', 'now')"
    #expect(
      try scene.store.value("SELECT abs(\(ahead) - \(seconds)) < 3600 FROM account_refresh_claims") == "1")
    scene.upstream.release(.token)
    #expect(try await refreshing.value == ["written": 1])
    #expect(scene.upstream.counters.tokenRequests == number)
    #expect(try scene.store.refreshTokens()["a-000"] == scene.upstream.refreshToken(of: "a-000"))
    let summary = try await scene.call("fleet.summary")
    #expect(summary.accounts.count == 1 && summary.result["generatedAt"] is String)
    try await expectWord(of: "renamed \(number)", by: watcher, in: scene)
  }

  /// Expects that a subscriber is told of what another process writes, after whatever it is told before.
  private func expectWord(of alias: String, by watcher: RawConnection, in scene: Scene) async throws {
    try scene.store.execute("UPDATE accounts SET alias = '\(alias)'")
    var told: String?
    while told != alias, !Task.isCancelled {
      let change = try Answer(await watcher.readLine())
      #expect(change.object["method"] as? String == "fleet.changed")
      let accounts = (change.object["params"] as? [String: Any])?["accounts"] as? [[String: Any]]
      told = accounts?.first?["displayName"] as? String
    }
    #expect(told == alias)
  }

  @Test("five hundred who come while the daemon is held up are all let in, and answered when it goes on")
  func backlog() async throws {
    let settings = ["max-connections": "600", "max-connections-per-user": "600"]
    let scene = try await Scene.set(accounts: 1, settings: settings)
    scene.daemon.process.signal(SIGSTOP)
    let crowd = try (0..<500).map { _ in try RawConnection(scene.daemon.socketPath, waiting: false) }
    for connection in crowd { try connection.send(Scene.line("fleet.summary", token: Scene.token, accounts: nil)) }
    scene.daemon.process.signal(SIGCONT)
    for connection in crowd { #expect(try Answer(await connection.readLine()).accounts.count == 1) }
    await scene.end()
  }

  @Test("two hundred clients at once are all answered, and leave nothing behind")
  func crowd() async throws {
    let scene = try await Scene.set(accounts: 20)
    let crowd = """
      for number in $(seq 200); do
        "$0" summary --json > /dev/null || echo "failed with $?" &
      done
      wait
      """
    let run = try await RunningProcess.run(
      URL(fileURLWithPath: "/bin/sh"), ["-c", crowd, BuiltProducts.client.path],
      environment: [
        "CODEX_FLEET_SOCKET": scene.daemon.socketPath, "CODEX_FLEET_TOKEN": Scene.token, "PATH": "/usr/bin:/bin",
      ])
    #expect(run.status == 0 && run.output.isEmpty, "\(run.output)\(run.errors)")
    let connections = try await scene.call("daemon.stats").result["connections"] as? [String: Any]
    #expect((connections?["accepted"] as? Int ?? 0) >= 200 && connections?["refused"] as? Int == 0)
    await scene.end()
  }

  @Test("far more clients than may connect are answered or told so, and leave nothing behind")
  func tooLargeCrowd() async throws {
    let scene = try await Scene.set(accounts: 20)
    #expect(try await scene.call("fleet.refresh").tally == ["written": 20])
    // All of them are one user's, of whom so many are let in.
    let expected = (served: 256, refused: 344)
    #expect(try await beset(scene, clients: 600) == expected)
    // What a process opens once and keeps is open by now.
    let usual = try await settled(scene) { _ in true }
    #expect(try await beset(scene, clients: 600) == expected)
    let after = try await settled(scene) { $0.isWithin(usual) }
    #expect(after.isWithin(usual), "\(after), \(usual)")
    await scene.end()
  }

  /// Connects so many clients at once, each of which makes a call and then stays until all are answered.
  ///
  /// - Returns: how many had an answer, and how many were told that the daemon is overloaded.
  private func beset(_ scene: Scene, clients: Int) async throws -> (served: Int, refused: Int) {
    let crowd = try (0..<clients).map { _ in try RawConnection(scene.daemon.socketPath) }
    var (served, refused) = (0, 0)
    for connection in crowd {
      // Whoever was not let in may find the connection closed by now, with the reason still to be read.
      try? connection.send(Scene.line("fleet.summary", token: Scene.token, accounts: nil))
    }
    for connection in crowd {
      let answer = try Answer(await connection.readLine())
      if answer.accounts.count == 20 { served += 1 }
      if answer.errorCode == "overloaded" { refused += 1 }
    }
    return (served, refused)
  }

  /// What a daemon has open and running.
  private struct Holdings {
    var connections: Int
    var descriptors: Int
    var threads: Int

    func isWithin(_ other: Holdings) -> Bool {
      connections <= other.connections && descriptors <= other.descriptors && threads <= other.threads
    }
  }

  /// Looks at what a daemon holds until that is as wanted, or the test's time is over.
  private func settled(_ scene: Scene, until isSettled: (Holdings) -> Bool) async throws -> Holdings {
    let process = "/proc/\(scene.daemon.process.identifier)"
    let connection = try RawConnection(scene.daemon.socketPath)
    while true {
      try connection.send(Scene.line("daemon.stats", token: Scene.token, accounts: nil))
      let figures = try Answer(await connection.readLine()).result["connections"] as? [String: Int]
      let holdings = Holdings(
        connections: try #require(figures?["open"]),
        descriptors: try FileManager.default.contentsOfDirectory(atPath: process + "/fd").count,
        threads: try FileManager.default.contentsOfDirectory(atPath: process + "/task").count)
      if holdings.connections == 1 && isSettled(holdings) || Task.isCancelled { return holdings }
    }
  }
}
