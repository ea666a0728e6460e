import Foundation
import StoreBuilder
import Testing
import UpstreamSimulator

@Suite("Refreshes, with real processes", .timeLimit(Patience.minutes(5)))
struct RefreshTests {
  @Test(
    "fifty concurrent refreshes of twenty stale accounts make twenty upstream requests",
    arguments: [SimulatedAccount.AdditionalLimits.absent, .empty])
  func oneRequestPerAccount(additional: SimulatedAccount.AdditionalLimits) async throws {
    let scene = try await Scene.set(accounts: 20, additional: additional)
    scene.upstream.hold()
    let connections = try (0..<50).map { _ in try scene.beginRefresh() }
    await scene.upstream.waitForUsageRequests(16)
    scene.upstream.release()
    for connection in connections {
      let answer = try Answer(await connection.readLine())
      #expect(answer.outcomes.count == 20)
      #expect(answer.tally["written", default: 0] + answer.tally["fresh", default: 0] == 20)
    }
    #expect(scene.upstream.counters.usageRequests == 20)
    #expect(scene.upstream.counters.usageRequestsByAccount.values.allSatisfy { $0 == 1 })
    // Nobody asks again while the samples are fresh, also without any additional limits in the store.
    #expect(try await scene.call("fleet.refresh").tally == ["fresh": 20])
    #expect(scene.upstream.counters.usageRequests == 20)
    await scene.end()
  }

  @Test("a client killed in the middle of a refresh leaves every account written")
  func killedClient() async throws {
    let scene = try await Scene.set(accounts: 5)
    scene.upstream.hold()
    let client = try await RunningProcess(
      BuiltProducts.client, ["refresh", "--socket", scene.daemon.socketPath],
      environment: ["CODEX_FLEET_TOKEN": Scene.token])
    await scene.upstream.waitForUsageRequests(5)
    client.signal(SIGKILL)
    #expect(await client.waitForEnd() == 128 + SIGKILL)
    scene.upstream.release()
    #expect(await scene.daemon.process.errors.wait { $0.contains("refresh ended") })
    #expect(try await scene.sampledAccounts() == 5)
    #expect(scene.upstream.counters.usageRequests == 5)
    await scene.end()
  }

  @Test("a hundred accounts are fetched side by side, sixteen at a time")
  func boundedConcurrency() async throws {
    let scene = try await Scene.set(accounts: 100)
    scene.upstream.hold()
    let connection = try scene.beginRefresh()
    await scene.upstream.waitForUsageRequests(16)
    scene.upstream.behave(UpstreamBehaviour(latency: .milliseconds(20)))
    scene.upstream.release()
    #expect(try Answer(await connection.readLine()).tally == ["written": 100])
    #expect(scene.upstream.counters.usageRequests == 100)
    #expect(scene.upstream.counters.usageInProgressAtMost == 16)
    #expect(scene.upstream.counters.connectionsAccepted <= 16)
    await scene.end()
  }

  @Test("a stop in the middle of a refresh waits for it, answers it, and loses nothing")
  func stopInTheMiddle() async throws {
    let scene = try await Scene.set(accounts: 5)
    scene.upstream.hold()
    let refreshing = try scene.beginRefresh()
    let other = try RawConnection(scene.daemon.socketPath)
    await scene.upstream.waitForUsageRequests(5)
    try other.send(Scene.line("daemon.health", token: "", accounts: nil).replacing(#""token":"""#, with: ""))
    #expect(try Answer(await other.readLine()).result["status"] as? String == "ok")
    scene.daemon.process.signal(SIGTERM)
    #expect(await scene.daemon.process.errors.wait { $0.contains(" draining ") })
    try other.send(Scene.line("fleet.refresh", token: Scene.token, accounts: nil))
    #expect(try Answer(await other.readLine()).errorCode == "service_unavailable")
    #expect(throws: RawConnection.Failure.self) { try RawConnection(scene.daemon.socketPath) }
    scene.upstream.release()
    #expect(try Answer(await refreshing.readLine()).tally == ["written": 5])
    #expect(await scene.daemon.process.waitForEnd() == 0)
    scene.expectAllClosed(scene.daemon.process.errors.text)
    #expect(scene.upstream.counters.usageRequests == 5)
    let next = try await DaemonProcess.start(
      in: scene.folder, store: scene.store.directory.path, upstream: scene.upstream.baseURL)
    #expect(try await scene.sampledAccounts() == 5)
    #expect(await next.stop().status == 0)
    await scene.upstream.stop()
  }

  @Test("a refresh that outlasts the drain limit is named, and its caller told what is known so far")
  func drainLimit() async throws {
    let scene = try await Scene.set(accounts: 2, settings: ["drain-timeout": "0"])
    scene.upstream.hold()
    let refreshing = try scene.beginRefresh()
    await scene.upstream.waitForUsageRequests(2)
    scene.daemon.process.signal(SIGTERM)
    let answer = try Answer(await refreshing.readLine())
    #expect(answer.errorCode == "service_unavailable")
    #expect(answer.errorData["outcomes"] is [Any])
    #expect(await scene.daemon.process.waitForEnd() == 0)
    #expect(scene.daemon.process.errors.text.contains("still running when the drain limit passed"))
    #expect(scene.daemon.process.errors.text.contains("a-000"))
    await scene.upstream.stop()
  }

  @Test("a second signal ends the daemon at once", arguments: [SIGTERM, SIGINT])
  func secondSignal(first: Int32) async throws {
    let scene = try await Scene.set(accounts: 1)
    scene.upstream.hold()
    let refreshing = try scene.beginRefresh()
    await scene.upstream.waitForUsageRequests(1)
    scene.daemon.process.signal(first)
    #expect(await scene.daemon.process.errors.wait { $0.contains(" draining ") })
    scene.daemon.process.signal(SIGTERM)
    #expect(await scene.daemon.process.waitForEnd() == 128 + SIGTERM)
    #expect(try await refreshing.readToEnd().isEmpty)
    await scene.upstream.stop()
  }

  @Test("a login that stays refused is reported, left alone for a while, and keeps its status")
  func refusedLogin() async throws {
    let scene = try await Scene.set(accounts: 1)
    scene.upstream.behave(.status(401))
    let first = try #require(try await scene.call("fleet.refresh").outcomes.first)
    #expect(first["outcome"] as? String == "failed")
    // The login could be renewed, and was refused all the same.
    #expect(first["reason"] as? String == "upstream_401")
    #expect(first["blockedUntil"] is String)
    let second = try #require(try await scene.call("fleet.refresh").outcomes.first)
    #expect(second["outcome"] as? String == "coolingDown")
    #expect(second["blockedUntil"] is String)
    #expect(scene.upstream.counters.usageRequests == 2)
    #expect(scene.upstream.counters.tokenRequests == 1)
    #expect(try await scene.sampledAccounts() == 0)
    #expect(try await scene.call("fleet.summary").accounts.first?["status"] as? String == "active")
    await scene.end()
  }

  @Test("an account bound to a proxy never connects directly")
  func boundToProxy() async throws {
    let scene = try await Scene.set(accounts: 2, change: { $0.with { $0.proxies = $0.id == "a-000" ? [] : nil } })
    let answer = try await scene.call("fleet.refresh")
    #expect(answer.tally == ["written": 1, "failed": 1])
    #expect(answer.outcomes.first?["reason"] as? String == "proxy_unavailable")
    #expect(scene.upstream.counters.usageRequestsByAccount == ["a-001": 1])
    await scene.end()
  }

  @Test("scopes and visibility hold for refreshes as they do for summaries")
  func scopesAndVisibility() async throws {
    let scene = try await Scene.set(accounts: 3)
    let scoped = try await scene.call("fleet.refresh", token: "sk-test-scoped")
    #expect(scoped.outcomes.map { $0["accountId"] as? String } == ["a-000"])
    #expect(scoped.outcomes.first?["observedAt"] is String)
    let foreign = try await scene.call("fleet.refresh", token: "sk-test-scoped", accounts: ["a-001", "nobody"])
    #expect(foreign.result["accountCount"] as? Int == 0)
    #expect(foreign.outcomes.isEmpty)
    let blind = try await scene.call("fleet.refresh", token: "sk-test-blind", accounts: ["a-002"])
    #expect(blind.tally == ["written": 1])
    #expect(blind.outcomes.first?["observedAt"] == nil)
    #expect(scene.upstream.counters.usageRequests == 2)
    await scene.end()
  }

  @Test("no secret and no e-mail address is ever logged, even at the most talkative level")
  func nothingSecretIsLogged() async throws {
    let scene = try await Scene.set(
      accounts: 3, change: { $0.with { if $0.id == "a-002" { $0.id = "private@example.com" } } },
      settings: ["log-level": "trace"])
    let secrets =
      ["sk-test", "sk-wrong", "@", "leak-me", "bad-word"]
      + Scene.names(3).flatMap { [scene.upstream.accessToken(of: $0), scene.upstream.refreshToken(of: $0)] }
    // A renewed login, an upstream that says things, an account that cannot be understood, a key that is wrong.
    scene.upstream.expireAccessToken(of: "a-000")
    let failure = UpstreamBehaviour(.error(status: 403, .object(code: "bad-word", message: "leak-me a@b.example")))
    scene.upstream.behave(failure, account: "a-001")
    scene.upstream.behave(failure, account: "a-002")
    #expect(try await scene.call("fleet.refresh").tally == ["written": 1, "failed": 2])
    #expect(scene.upstream.counters.tokenRequests == 1)
    try scene.store.execute("UPDATE accounts SET status = 'odd' WHERE id LIKE 'private%'")
    _ = try await scene.call("fleet.summary")
    _ = try await scene.call("fleet.summary", token: "sk-wrong-secret")
    let (_, log) = await scene.daemon.stop()
    #expect(log.contains("is left out") && log.contains("login renewed"))
    for secret in secrets + [scene.upstream.accessToken(of: "a-000")] { #expect(!log.contains(secret), "\(secret)") }
    await scene.upstream.stop()
  }
}
