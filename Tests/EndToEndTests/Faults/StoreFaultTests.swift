import Foundation
import StoreBuilder
import Testing
import UpstreamSimulator

@Suite("Faults of the store", .timeLimit(Patience.minutes(5)))
struct StoreFaultTests {
  private static let python = URL(fileURLWithPath: "/usr/bin/python3")
  private static let runsLong =
    ProcessInfo.processInfo.environment["CODEX_FLEET_FAULTS"] == "1"
    && FileManager.default.isExecutableFile(atPath: python.path)

  /// `EIO`, `EROFS` and `ENOSPC` as the kernel gives them.
  static let faults = ["write 5", "write 30", "write 28", "short", "sync 5"]

  @Test(
    "a disk that fails writes fails a refresh clearly, leaves reading alone, and needs no restart",
    .enabled(if: FaultLibrary.isPossible, FaultLibrary.need), arguments: faults)
  func failingWrites(fault: String) async throws {
    let faults = try await FaultLibrary()
    let scene = try await Scene.set(accounts: 2, environment: faults.environment)
    #expect(try await scene.call("fleet.summary").accounts.count == 2)
    try faults.set(fault)
    let refresh = try await scene.call("fleet.refresh")
    #expect(refresh.tally == ["failed": 2])
    #expect(refresh.outcomes.allSatisfy { $0["reason"] as? String == "store_unavailable" })
    #expect(try await scene.call("fleet.summary").accounts.count == 2)
    try faults.clear()
    #expect(try await scene.call("fleet.refresh").tally == ["written": 2])
    #expect(try scene.store.value("PRAGMA integrity_check") == "ok")
    await scene.end()
  }

  @Test(
    "new tokens wait for a disk that fails writes, and are not lost",
    .enabled(if: FaultLibrary.isPossible, FaultLibrary.need), arguments: faults)
  func failingTokens(fault: String) async throws {
    let faults = try await FaultLibrary()
    let scene = try await Scene.set(accounts: 1, environment: faults.environment)
    scene.upstream.expireAccessToken(of: "a-000")
    scene.upstream.hold(.token)
    let refreshing = try scene.beginRefresh()
    await scene.upstream.waitForTokenRequests(1)
    try faults.set(fault)
    scene.upstream.release(.token)
    #expect(await scene.daemon.process.errors.wait { $0.contains("could not be stored; trying again") })
    try faults.clear()
    #expect(try Answer(await refreshing.readLine()).tally == ["written": 1])
    #expect(try scene.store.refreshTokens()["a-000"] == scene.upstream.refreshToken(of: "a-000"))
    #expect(scene.upstream.counters.tokenRequests == 1 && scene.upstream.counters.refreshTokensReused == 0)
    await scene.end()
  }

  @Test(
    "a disk that fails reads fails the calls that need it, and needs no restart",
    .enabled(if: FaultLibrary.isPossible, FaultLibrary.need))
  func failingReads() async throws {
    let faults = try await FaultLibrary()
    let scene = try await Scene.set(accounts: 1, environment: faults.environment)
    try faults.set("read 5")
    try scene.store.execute("UPDATE accounts SET alias = 'renamed'")
    #expect(try await scene.call("fleet.summary").errorCode == "store_unavailable")
    #expect(try await scene.call("fleet.refresh").errorCode == "store_unavailable")
    let connection = try RawConnection(scene.daemon.socketPath)
    try connection.send(#"{"jsonrpc":"2.0","id":1,"method":"daemon.health"}"# + "\n")
    #expect(try Answer(await connection.readLine()).result["status"] as? String == "ok")
    try faults.clear()
    #expect(try await scene.call("fleet.refresh").tally == ["written": 1])
    #expect(try await scene.call("fleet.summary").accounts.first?["displayName"] as? String == "renamed")
    await scene.end()
  }

  @Test(
    "a store on a file system that may only be read is refused at the start, with the cure",
    .enabled(if: SmallDisk.isPossible, "needs to mount a file system"),
    arguments: [
      ("codex-lb", "its -wal and -shm files cannot be made. Let this user write the directory it lies in"),
      ("own", "Read-only file system. Mount the file system for writing, or choose another place for the store."),
    ])
  func readOnlyStart(kind: String, cure: String) async throws {
    let disk = try SmallDisk(kilobytes: 1_024)
    let files =
      if kind == "own" {
        try await OwnStore.build { StoredKey("full") }.directory
      } else {
        try CodexLBStore.build { StoredKey("full") }.directory
      }
    try disk.take(files)
    try disk.setReadOnly(true)
    let path = kind == "own" ? disk.path + "/fleet.db" : disk.path
    let folder = try TemporaryDirectory()
    let refused = try await DaemonProcess.launch(in: folder, store: path)
    #expect(await refused.process.waitForEnd() == 1)
    let message = refused.process.errors.text
    #expect(message.contains(path) && message.contains(cure), "\(message)")
    #expect(!FileManager.default.fileExists(atPath: refused.socketPath))
    try disk.setReadOnly(false)
    let daemon = try await DaemonProcess.start(in: folder, store: path)
    #expect(try await daemon.call("fleet.summary").accounts.isEmpty)
    #expect(await daemon.stop().status == 0)
    disk.unmount()
  }

  @Test(
    "a file system that may only be read under the daemon fails refreshes clearly, and needs no restart",
    .enabled(if: SmallDisk.isPossible, "needs to mount a file system"))
  func readOnlyMeanwhile() async throws {
    let disk = try SmallDisk(kilobytes: 1_024)
    let upstream = try await UpstreamSimulator.start()
    upstream.add(SimulatedAccount(id: "a"))
    let store = try CodexLBStore.build {
      StoredAccount("a").usage("primary", 40).with {
        $0.accessToken = upstream.accessToken(of: "a")
        $0.refreshToken = upstream.refreshToken(of: "a")
      }
      StoredKey("full")
    }
    // The kernel lets a file system become read-only only while nothing is open for writing; reading in this journal
    // mode needs nothing that is.
    try store.execute("PRAGMA journal_mode = DELETE")
    try disk.take(store.directory)
    let daemon = try await DaemonProcess.start(
      in: try TemporaryDirectory(), store: disk.path, upstream: upstream.baseURL)
    #expect(try await daemon.call("fleet.summary").accounts.count == 1)
    try disk.setReadOnly(true)
    for _ in 1...2 {
      let outcome = try #require(try await daemon.call("fleet.refresh").outcomes.first)
      #expect(outcome["outcome"] as? String == "failed" && outcome["reason"] as? String == "store_unavailable")
      #expect(try await daemon.call("fleet.summary").accounts.count == 1)
    }
    try disk.setReadOnly(false)
    let after = try await daemon.call("fleet.refresh")
    #expect(after.tally == ["written": 1], "\(after.object)")
    #expect(await daemon.stop().status == 0)
    await upstream.stop()
    disk.unmount()
  }

  @Test("pages that are damaged under the daemon are told, and read anew once they are put right in place")
  func damagedPages() async throws {
    let scene = try await Scene.set(accounts: 2)
    #expect(try await scene.call("fleet.refresh").tally == ["written": 2])
    try scene.store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    let pageSize = try #require(try scene.store.value("PRAGMA page_size").flatMap { Int($0) })
    let whole = try Data(contentsOf: URL(fileURLWithPath: scene.store.path))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: scene.store.path))
    try file.seek(toOffset: UInt64(pageSize))
    try file.write(contentsOf: Data(repeating: 0xFF, count: whole.count - pageSize))
    let summary = try await scene.call("fleet.summary")
    #expect(summary.errorCode == "store_unavailable")
    #expect((summary.error["message"] as? String)?.contains("damaged") == true)
    #expect(try await scene.call("fleet.refresh").errorCode == "store_unavailable")
    try file.seek(toOffset: 0)
    try file.write(contentsOf: whole)
    try file.close()
    #expect(try await scene.call("fleet.summary").accounts.count == 2)
    #expect(try await scene.call("fleet.refresh").tally == ["fresh": 2])
    await scene.end()
  }

  @Test(
    "a store that is deleted, or loses a column, under the daemon says so until it is back",
    arguments: [
      "deleted", "without a column",
    ])
  func gone(fault: String) async throws {
    let scene = try await Scene.set(accounts: 1)
    let away = scene.store.path + ".away"
    if fault == "deleted" {
      try FileManager.default.moveItem(atPath: scene.store.path, toPath: away)
    } else {
      try scene.store.execute("ALTER TABLE usage_history RENAME COLUMN used_percent TO used")
    }
    for method in ["fleet.summary", "fleet.refresh"] {
      let answer = try await scene.call(method)
      #expect(answer.errorCode == "store_unavailable", "\(answer.object)")
      let message = answer.error["message"] as? String ?? ""
      #expect(message.contains(fault == "deleted" ? "is gone" : "used_percent"), "\(message)")
    }
    if fault == "deleted" {
      try FileManager.default.moveItem(atPath: away, toPath: scene.store.path)
    } else {
      try scene.store.execute("ALTER TABLE usage_history RENAME COLUMN used TO used_percent")
    }
    #expect(try await scene.call("fleet.refresh").tally == ["written": 1])
    await scene.end()
  }

  /// Holds a store's write lock for half a minute: that is the fault itself, longer than any time-out for a locked store.
  private static let lockForLong = """
    import sqlite3, sys, time
    store = sqlite3.connect(sys.argv[1], isolation_level=None)
    store.execute("BEGIN IMMEDIATE")
    print("locked", flush=True)
    time.sleep(30)
    store.execute("ROLLBACK")
    """

  @Test("a store that is locked for 30 s loses no tokens", .enabled(if: runsLong, "takes half a minute; make faults"))
  func lockedForLong() async throws {
    let scene = try await Scene.set(accounts: 2)
    scene.upstream.expireAccessToken(of: "a-000")
    scene.upstream.hold(.token)
    let refreshing = try scene.beginRefresh()
    await scene.upstream.waitForTokenRequests(1)
    let lock = try await RunningProcess(Self.python, ["-c", Self.lockForLong, scene.store.path], environment: [:])
    #expect(await lock.output.wait { $0.contains("locked") })
    scene.upstream.release(.token)
    #expect(try await scene.call("fleet.summary").accounts.count == 2)
    #expect(await lock.waitForEnd() == 0)
    // The refresh need not have waited for so long; the tokens have.
    #expect(try Answer(await refreshing.readLine()).outcomes.count == 2)
    #expect(await scene.daemon.process.errors.wait { $0.contains("login renewed") })
    #expect(try scene.store.refreshTokens()["a-000"] == scene.upstream.refreshToken(of: "a-000"))
    let tally = try await scene.call("fleet.refresh").tally
    #expect(tally.keys.allSatisfy { ["written", "fresh"].contains($0) }, "\(tally)")
    #expect(scene.upstream.counters.tokenRequests == 1 && scene.upstream.counters.refreshTokensReused == 0)
    await scene.end()
  }
}
