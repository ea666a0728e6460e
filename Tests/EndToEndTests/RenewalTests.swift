import Foundation
import StoreBuilder
import Testing
import UpstreamSimulator

@Suite("Renewed logins, with real processes", .timeLimit(Patience.minutes(5)))
struct RenewalTests {
  private let id = "a-000"

  @Test("an expired access token is renewed once, and the store holds the login that holds")
  func renewed() async throws {
    let scene = try await Scene.set(accounts: 3)
    for name in Scene.names(3) { scene.upstream.expireAccessToken(of: name) }
    let connections = try (0..<10).map { _ in try scene.beginRefresh() }
    for connection in connections { #expect(try Answer(await connection.readLine()).outcomes.count == 3) }
    #expect(scene.upstream.counters.tokenRequests == 3 && scene.upstream.counters.refreshTokensReused == 0)
    #expect(try await scene.sampledAccounts() == 3)
    for (name, token) in try scene.store.refreshTokens() { #expect(token == scene.upstream.refreshToken(of: name)) }
    #expect(try scene.store.rows("SELECT account_id FROM account_refresh_claims").isEmpty)
    await scene.end()
  }

  @Test("a stop in the middle of an exchange waits until the new tokens are stored, whatever the drain limit")
  func stopInTheMiddle() async throws {
    let scene = try await Scene.set(accounts: 1, settings: ["drain-timeout": "0"])
    scene.upstream.expireAccessToken(of: id)
    scene.upstream.hold(.token)
    let refreshing = try scene.beginRefresh()
    await scene.upstream.waitForTokenRequests(1)
    scene.daemon.process.signal(SIGTERM)
    #expect(try Answer(await refreshing.readLine()).errorCode == "service_unavailable")
    scene.upstream.release(.token)
    #expect(await scene.daemon.process.waitForEnd() == 0)
    #expect(try scene.store.refreshTokens()[id] == scene.upstream.refreshToken(of: id))
    #expect(scene.upstream.counters.refreshTokensReused == 0)
    #expect(scene.daemon.process.errors.text.contains("waiting until these accounts' new logins are stored"))
    await scene.upstream.stop()
  }

  @Test("a second signal in the middle of an exchange ends the daemon at once, and leaves the login as it was")
  func secondSignalInTheMiddle() async throws {
    let scene = try await Scene.set(accounts: 1)
    let token = scene.upstream.refreshToken(of: id)
    scene.upstream.expireAccessToken(of: id)
    scene.upstream.behave(UpstreamBehaviour(.never), next: 1, call: .token)
    let refreshing = try scene.beginRefresh()
    await scene.upstream.waitForTokenRequests(1)
    scene.daemon.process.signal(SIGTERM)
    #expect(await scene.daemon.process.errors.wait { $0.contains(" draining ") })
    scene.daemon.process.signal(SIGTERM)
    #expect(await scene.daemon.process.waitForEnd() == 128 + SIGTERM)
    #expect(try await refreshing.readToEnd().isEmpty)
    #expect(try scene.store.value("PRAGMA integrity_check") == "ok")
    #expect(try scene.store.refreshTokens()[id] == token)
    // It ends by itself, if not as soon as here.
    try scene.store.execute("DELETE FROM account_refresh_claims")
    let next = try await DaemonProcess.start(
      in: scene.folder, store: scene.store.directory.path, upstream: scene.upstream.baseURL)
    #expect(try await next.call("fleet.refresh").tally == ["written": 1])
    #expect(scene.upstream.counters.tokenRequests == 2 && scene.upstream.counters.refreshTokensReused == 0)
    #expect(await next.stop().status == 0)
    await scene.upstream.stop()
  }

  @Test("new tokens wait for a store that another process keeps locked, and are not lost")
  func lockedStore() async throws {
    let scene = try await Scene.set(accounts: 1)
    scene.upstream.expireAccessToken(of: id)
    scene.upstream.hold(.token)
    let refreshing = try scene.beginRefresh()
    await scene.upstream.waitForTokenRequests(1)
    let lock = try StoreWriteLock(scene.store)
    scene.upstream.release(.token)
    #expect(await scene.daemon.process.errors.wait { $0.contains("could not be stored; trying again") })
    try lock.release()
    #expect(try Answer(await refreshing.readLine()).tally == ["written": 1])
    #expect(try scene.store.refreshTokens()[id] == scene.upstream.refreshToken(of: id))
    #expect(scene.upstream.counters.tokenRequests == 1)
    await scene.end()
  }

  @Test("a locked store fails a refresh clearly, and works again without a restart")
  func lockedBefore() async throws {
    let scene = try await Scene.set(accounts: 1)
    let lock = try StoreWriteLock(scene.store)
    let outcome = try #require(try await scene.call("fleet.refresh").outcomes.first)
    #expect(outcome["outcome"] as? String == "failed" && outcome["reason"] as? String == "store_unavailable")
    #expect(try await scene.call("fleet.summary").accounts.count == 1)
    try lock.release()
    #expect(try await scene.call("fleet.refresh").tally == ["written": 1])
    await scene.end()
  }

  @Test("a key file that is replaced under the daemon changes nothing for it; the next start is refused")
  func replacedKey() async throws {
    let scene = try await Scene.set(accounts: 1)
    let original = try Data(contentsOf: URL(fileURLWithPath: scene.store.keyPath))
    let other = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
    try Data(other.utf8).write(to: URL(fileURLWithPath: scene.store.keyPath))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: scene.store.keyPath)
    scene.upstream.expireAccessToken(of: id)
    let second = try await DaemonProcess.launch(
      "second", in: scene.folder, store: scene.store.directory.path, upstream: scene.upstream.baseURL)
    #expect(await second.process.waitForEnd() == 1)
    #expect(second.process.errors.text.contains("not the one"))
    #expect(try await scene.call("fleet.summary").accounts.count == 1)
    // What it writes fits the key it was started with, as everything else in the store does.
    #expect(try await scene.call("fleet.refresh").tally == ["written": 1])
    #expect(scene.upstream.counters.tokenRequests == 1)
    try original.write(to: URL(fileURLWithPath: scene.store.keyPath))
    #expect(try scene.store.refreshTokens()[id] == scene.upstream.refreshToken(of: id))
    await scene.end()
  }

  @Test("a leftover claim of a killed daemon keeps others off until it ends, and is then taken over")
  func leftoverClaim() async throws {
    let scene = try await Scene.set(accounts: 1)
    scene.upstream.expireAccessToken(of: id)
    scene.upstream.behave(UpstreamBehaviour(.never), next: 1, call: .token)
    _ = try scene.beginRefresh()
    await scene.upstream.waitForTokenRequests(1)
    scene.daemon.process.signal(SIGKILL)
    #expect(await scene.daemon.process.waitForEnd() == 128 + SIGKILL)
    #expect(try scene.store.value("PRAGMA integrity_check") == "ok")
    #expect(try scene.store.value("SELECT count(*) FROM account_refresh_claims") == "1")
    // However slow this machine is, the claim lasts until the next daemon has met it.
    try scene.store.execute(
      "UPDATE account_refresh_claims SET claim_expires_at = strftime('%Y-%m-%d %H:%M:%f', 'now', '1 hour') || '000'")
    let next = try await DaemonProcess.start(
      in: scene.folder, store: scene.store.directory.path, upstream: scene.upstream.baseURL)
    let blocked = try #require(try await next.call("fleet.refresh").outcomes.first)
    #expect(blocked["reason"] as? String == "exchange_claimed" && blocked["blockedUntil"] == nil)
    #expect(scene.upstream.counters.tokenRequests == 1)
    try scene.store.execute(
      "UPDATE account_refresh_claims SET claim_expires_at = strftime('%Y-%m-%d %H:%M:%f', 'now', '-1 second') || '000'")
    #expect(try await next.call("fleet.refresh").tally == ["written": 1])
    #expect(try scene.store.refreshTokens()[id] == scene.upstream.refreshToken(of: id))
    #expect(await next.stop().status == 0)
    await scene.upstream.stop()
  }

  @Test("a login that the provider has ended is not tried again, and codex-lb is told")
  func ended() async throws {
    let scene = try await Scene.set(accounts: 2)
    scene.upstream.expireAccessToken(of: id)
    scene.upstream.behave(
      UpstreamBehaviour(.error(status: 401, .object(code: "refresh_token_reused", message: "x"))), account: id,
      call: .token)
    let answer = try await scene.call("fleet.refresh")
    #expect(answer.tally == ["failed": 1, "written": 1])
    #expect(answer.outcomes.first?["reason"] as? String == "reauth_required")
    #expect(try await scene.call("fleet.summary").accounts.first?["status"] as? String == "reauth_required")
    #expect(try await scene.call("fleet.refresh").tally == ["skipped": 1, "fresh": 1])
    let versions = "SELECT namespace FROM cache_invalidation ORDER BY namespace"
    #expect(try scene.store.rows(versions) == [["account_routing"], ["account_selection"]])
    await scene.end()
  }

  @Test("two daemons on one store never present one refresh token twice, in a thousand forced races")
  func races() async throws {
    // A sanitizer would have the requests that are held wait for longer than they may, and a hundred at a time the store's
    // lock, on a machine that is busy with other tests.
    let (accounts, rounds) = Patience.isTried ? (20, 10) : (40, 25)
    let upstream = try await UpstreamSimulator.start()
    let names = Scene.names(accounts)
    for name in names { upstream.add(SimulatedAccount(id: name)) }
    let store = try CodexLBStore.build {
      names.map { name in
        StoredAccount(name).with {
          $0.accessToken = upstream.accessToken(of: name)
          $0.refreshToken = upstream.refreshToken(of: name)
        }
      }
      StoredKey("full")
    }
    let folder = try TemporaryDirectory()
    for round in 1...rounds {
      for name in names { upstream.expireAccessToken(of: name) }
      var daemons: [DaemonProcess] = []
      for rival in ["left", "right"] {
        daemons.append(
          try await DaemonProcess.start(
            rival, in: folder, store: store.directory.path, upstream: upstream.baseURL,
            settings: ["max-concurrent-fetches": "128"]))
      }
      // Nobody is answered before both have asked for every account: all are refused at once.
      upstream.hold()
      let asked = upstream.counters.usageRequests
      let connections = try daemons.map { daemon in
        let connection = try RawConnection(daemon.socketPath)
        try connection.send(Scene.line("fleet.refresh", token: Scene.token, accounts: nil))
        return connection
      }
      await upstream.waitForUsageRequests(asked + 2 * accounts)
      upstream.release()
      for connection in connections {
        let answer = try Answer(await connection.readLine())
        #expect(
          answer.tally == ["written": accounts],
          "round \(round): \(answer.outcomes.filter { $0["outcome"] as? String != "written" })")
      }
      for daemon in daemons { #expect(await daemon.stop().status == 0) }
      #expect(upstream.counters.tokenRequests == round * accounts)
    }
    #expect(upstream.counters.refreshTokensReused == 0)
    for (name, token) in try store.refreshTokens() { #expect(token == upstream.refreshToken(of: name)) }
    await upstream.stop()
  }

  @Test("an own store is kept fresh without being asked, and says so only at debug level")
  func background() async throws {
    let upstream = try await UpstreamSimulator.start()
    upstream.add(SimulatedAccount(id: id))
    let store = try await OwnStore.build {
      StoredAccount(id).with {
        $0.accessToken = upstream.accessToken(of: id)
        $0.refreshToken = upstream.refreshToken(of: id)
      }
      StoredKey("full")
    }
    let folder = try TemporaryDirectory()
    let daemon = try await DaemonProcess.start(
      in: folder, store: store.path, upstream: upstream.baseURL,
      settings: ["refresh-interval": "1", "log-level": "debug"])
    await upstream.waitForUsageRequests(2)
    let (status, log) = await daemon.stop()
    #expect(status == 0 && log.contains("background refresh"))
    #expect(!log.contains(" info background"))
    await upstream.stop()
  }

  @Test(
    "a full disk fails a refresh clearly, keeps new tokens until there is space, and needs no restart",
    .enabled(if: SmallDisk.isPossible, "needs to mount a file system"))
  func fullDisk() async throws {
    let disk = try SmallDisk(kilobytes: 512)
    let upstream = try await UpstreamSimulator.start()
    upstream.add(SimulatedAccount(id: id))
    let store = try CodexLBStore.build {
      StoredAccount(id).with {
        $0.accessToken = upstream.accessToken(of: id)
        $0.refreshToken = upstream.refreshToken(of: id)
      }
      StoredKey("full")
    }
    try disk.take(store.directory)
    let folder = try TemporaryDirectory()
    let daemon = try await DaemonProcess.start(in: folder, store: disk.path, upstream: upstream.baseURL)
    #expect(try await daemon.call("fleet.summary").accounts.count == 1)
    // The space runs out while the token is exchanged.
    upstream.expireAccessToken(of: id)
    upstream.hold(.token)
    let refreshing = try RawConnection(daemon.socketPath)
    try refreshing.send(Scene.line("fleet.refresh", token: Scene.token, accounts: nil))
    await upstream.waitForTokenRequests(1)
    try disk.fill()
    upstream.release(.token)
    #expect(await daemon.process.errors.wait { $0.contains("could not be stored; trying again") })
    #expect(try await daemon.call("fleet.summary").accounts.count == 1)
    disk.free()
    #expect(try Answer(await refreshing.readLine()).tally == ["written": 1])
    #expect(upstream.counters.tokenRequests == 1 && upstream.counters.refreshTokensReused == 0)
    #expect(await daemon.stop().status == 0)
    await upstream.stop()
    disk.unmount()
  }
}
