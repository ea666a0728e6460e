import Fleet
import FleetTestSupport
import Foundation
import GRDB
import StoreBuilder
import Subprocess
import SystemPackage
import Testing

@testable import FleetSQLite

@Suite("the state that is remembered", .timeLimit(.minutes(5)))
struct StateMemoryTests {
  private static func status(_ store: SQLiteFleetStore) async throws -> AccountStatus? {
    try await store.state().snapshot.accounts.first?.account.status
  }

  private static func blockedAt(_ store: SQLiteFleetStore) async throws -> Int64? {
    try await store.state().snapshot.accounts.first?.account.blockedAt
  }

  /// The calls on a store whose accounts nobody refreshes.
  private static func service(_ store: SQLiteFleetStore) -> FleetService {
    let clock = TestClock(now: .distantPast)
    return FleetService(
      store: store,
      refreshes: RefreshCoordinator(
        store: store, upstream: NoUpstream(), clock: clock, observer: NoObserver(),
        settings: RefreshSettings(isEnabled: false)),
      activity: CallActivity(clock: clock), clock: clock)
  }

  private struct NoUpstream: UsageUpstream, TokenUpstream {
    func usage(for request: UsageRequest) async -> UsageAnswer { .failure(UpstreamFailure(.unreachable)) }
    func exchange(_ request: TokenRequest) async -> TokenAnswer { .failure(UpstreamFailure(.unreachable)) }
  }

  private struct NoObserver: FleetObserver {
    func note(_ event: FleetEvent) {}
  }

  @Test("a state is read once, and known until something is committed")
  func once() async throws {
    let store = try CodexLBStore.build { StoredAccount("a") }
    let opened = try await store.open()
    #expect(opened.knownState() == nil)
    let state = try await opened.state()
    #expect(opened.knownState() === state)
    #expect(try await opened.state() === state)
    try store.execute("UPDATE accounts SET status = 'paused'")
    #expect(opened.knownState() == nil)
    #expect(try await Self.status(opened) == .paused)
    await opened.close()
    #expect(opened.knownState() == nil)
  }

  @Test("no commit of another connection is missed, whatever it changed, and no own one", arguments: [true, false])
  func everyCommit(isOwn: Bool) async throws {
    let database: any StoreDatabase
    let opened: SQLiteFleetStore
    if isOwn {
      let store = try await OwnStore.build { StoredAccount("a") }
      (database, opened) = (store, try await store.open())
    } else {
      let store = try CodexLBStore.build { StoredAccount("a") }
      (database, opened) = (store, try await store.open())
    }
    for number in 0..<200 {
      let status: AccountStatus = number % 2 == 0 ? .paused : .active
      try database.execute("UPDATE accounts SET status = '\(status.rawValue)'")
      #expect(try await Self.status(opened) == status)
    }
    let session = try await opened.openSession()
    let instant = try #require(Timestamp(rfc3339: "2026-03-04T05:06:07Z"))
    for percent in 0..<50 {
      let sample = UsageSample(recordedAt: instant.advanced(by: .seconds(percent)), usedPercent: Double(percent))
      let write = UsageWrite(
        accountID: AccountID("a"), recordedAt: sample.recordedAt, metadata: nil,
        main: [.init(window: .primary, sample: sample)], additional: .keep)
      #expect(try await session.record(write) == .committed(rows: 1))
      #expect(try await opened.state().snapshot.accounts.first?.latest.primary?.usedPercent == Double(percent))
    }
    session.close()
    // Neither a checkpoint nor a write-ahead log that begins anew loses anything.
    try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    #expect(try await Self.status(opened) == .active)
    try database.execute("UPDATE accounts SET status = 'paused'")
    #expect(try await Self.status(opened) == .paused)
    await opened.close()
  }

  @Test("a commit that another process has acknowledged is seen by the very next question")
  func otherProcess() async throws {
    let store = try CodexLBStore.build { StoredAccount("a") }
    let opened = try await store.open()
    let python = """
      import sqlite3, sys
      store = sqlite3.connect(sys.argv[1], isolation_level=None)
      for line in sys.stdin:
          store.execute("UPDATE accounts SET blocked_at = ?", (int(line),))
          print("done", flush=True)
      """
    _ = try await Subprocess.run(
      .path("/usr/bin/python3"), arguments: ["-c", python, store.path], input: .inputWriter, output: .sequence,
      error: .discarded
    ) { execution in
      var answers = execution.standardOutput.strings().makeAsyncIterator()
      for number in 1...100 {
        #expect(try await Self.blockedAt(opened) != Int64(number))
        _ = try await execution.standardInputWriter.write("\(number)\n")
        #expect(try await answers.next()?.hasPrefix("done") == true)
        #expect(opened.knownState() == nil)
        #expect(try await Self.blockedAt(opened) == Int64(number))
      }
      try await execution.standardInputWriter.finish()
    }
    await opened.close()
  }

  @Test("questions that come together are served together, each with what was there when it asked")
  func together() async throws {
    let store = try CodexLBStore.build { StoredAccount("a") }
    let opened = try await store.open()
    for round in 0..<20 {
      try store.execute("UPDATE accounts SET blocked_at = \(round)")
      let seen = try await withThrowingTaskGroup(of: Int64?.self) { group in
        for _ in 0..<16 {
          group.addTask { try await Self.blockedAt(opened) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(seen.allSatisfy { $0 == Int64(round) })
    }
    await opened.close()
  }

  @Test("keys that were asked for are read again with the next state; one that was revoked is not among them")
  func keys() async throws {
    let store = try CodexLBStore.build {
      StoredAccount("a")
      StoredKey("kept")
      StoredKey("revoked")
    }
    let opened = try await store.open()
    let service = Self.service(opened)
    _ = try await opened.state()
    for name in ["kept", "revoked"] { _ = try await service.caller(holding: StoredKey(name).digest) }
    #expect(service.lookAtOnce(holding: StoredKey("kept").digest) != nil)
    #expect(service.lookAtOnce(holding: StoredKey("revoked").digest) != nil)
    try store.execute("UPDATE api_keys SET is_active = 0 WHERE name = 'revoked'")
    #expect(service.lookAtOnce(holding: StoredKey("revoked").digest) == nil)
    _ = try await opened.state()
    #expect(service.lookAtOnce(holding: StoredKey("kept").digest) != nil)
    #expect(service.lookAtOnce(holding: StoredKey("revoked").digest) == nil)
    await opened.close()
  }

  @Test("a store that is not in WAL mode is read every time")
  func rollbackJournal() async throws {
    let store = try CodexLBStore.build { StoredAccount("a") }
    try store.execute("PRAGMA journal_mode = DELETE")
    let opened = try await store.open()
    for status in [AccountStatus.paused, .active] {
      try store.execute("UPDATE accounts SET status = '\(status.rawValue)'")
      #expect(try await Self.status(opened) == status)
      #expect(opened.knownState() == nil)
    }
    await opened.close()
  }

  @Test("a store that is gone is not answered for out of memory")
  func gone() async throws {
    let store = try await OwnStore.build { StoredAccount("a") }
    let opened = try await store.open()
    _ = try await opened.state()
    #expect(opened.knownState() != nil)
    #expect(rename(store.path, store.path + ".away") == 0)
    #expect(opened.knownState() == nil)
    let error = await #expect(throws: StoreError.self) { try await opened.state() }
    #expect(error?.code == .missing)
    #expect(rename(store.path + ".away", store.path) == 0)
    #expect(try await Self.status(opened) == .active)
    await opened.close()
  }
}

@Suite("the state that is carried on over own writes", .timeLimit(.minutes(5)))
struct StateStepTests {
  private static func write(_ id: String, _ percent: Double, plan: String? = nil) throws -> UsageWrite {
    let instant = try #require(Timestamp(rfc3339: "2026-03-04T05:06:07Z"))
    let sample = UsageSample(recordedAt: instant.advanced(by: .seconds(percent)), usedPercent: percent)
    return UsageWrite(
      accountID: AccountID(id), recordedAt: sample.recordedAt, metadata: plan.map { .init(planType: $0) },
      main: [.init(window: .primary, sample: sample)], additional: .keep)
  }

  @Test("after an own write the state is known without being read, and is what reading gives")
  func known() async throws {
    let names = (0..<70).map { "a-\($0 + 100)" }
    let store = try CodexLBStore.build { names.map { StoredAccount($0) } }
    let (opened, other) = (try await store.open(), try await store.open())
    let session = try await opened.openSession()
    _ = try await opened.state()
    for (number, name) in names.enumerated() {
      let before = try #require(opened.knownState())
      #expect(try await session.record(Self.write(name, Double(number), plan: "pro")) == .committed(rows: 1))
      let after = try #require(opened.knownState(), "\(number)")
      #expect(try await other.state().snapshot == after.snapshot)
      #expect(zip(before.snapshot.pages, after.snapshot.pages).count { $0 !== $1 } == 1)
    }
    _ = try await session.observeDowngrade(of: AccountID(names[0]))
    #expect(opened.knownState() != nil)
    session.close()
    await opened.close()
    await other.close()
  }

  @Test(
    "own writes and those of others in any order: what is known is what is there", arguments: [1, 2, 3] as [UInt64])
  func mixed(seed: UInt64) async throws {
    var generator = SplitMix64(seed: seed)
    let store = try CodexLBStore.build { (0..<40).map { StoredAccount("a-\($0 + 100)") } }
    let (opened, other) = (try await store.open(), try await store.open())
    let session = try await opened.openSession()
    var timesKnown = 0
    for step in 0..<300 {
      let name = "a-\(100 + Int(generator.next() % 40))"
      switch generator.pick([0, 0, 0, 1, 2, 3]) {
      case 0: _ = try await session.record(Self.write(name, Double(step % 100)))
      case 1: try store.execute("UPDATE accounts SET blocked_at = \(step), email = 'x-\(step)' WHERE id = '\(name)'")
      case 2: try store.execute("UPDATE dashboard_settings SET hide_upstream_quota_from_api_keys = \(step % 2)")
      default: _ = try await opened.state()
      }
      if let known = opened.knownState() {
        timesKnown += 1
        #expect(try await other.state().snapshot == known.snapshot)
      }
      #expect(try await other.state().snapshot == opened.state().snapshot)
    }
    #expect(timesKnown > 100)
    session.close()
    await opened.close()
    await other.close()
  }

  @Test("a write that is not committed leaves the state known that was there")
  func rolledBack() async throws {
    struct Refusal: Error {}
    let store = try CodexLBStore.build { StoredAccount("a") }
    let opened = try await store.open()
    let state = try await opened.state()
    await #expect(throws: StoreError.self) {
      try await opened.connections.write(.usage, changing: .account(AccountID("a"))) { db, _ in
        try db.execute(sql: "UPDATE accounts SET status = 'paused'")
        throw Refusal()
      }
    }
    #expect(opened.knownState() === state)
    #expect(try await opened.state() === state)
    await opened.close()
  }

  @Test("those who ask while writes go on, from here and elsewhere, see no less than what they know of")
  func busy() async throws {
    let store = try CodexLBStore.build { (0..<40).map { StoredAccount("a-\($0 + 100)") } }
    let opened = try await store.open()
    let session = try await opened.openSession()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for reader in 0..<4 {
        group.addTask {
          for round in 0..<100 {
            let name = "a-\(100 + reader * 10 + round % 10)"
            _ = try await session.record(Self.write(name, Double(round)))
            let seen = try await opened.state().snapshot.accounts.first { $0.account.id.rawValue == name }
            #expect(seen?.latest.primary?.usedPercent == Double(round))
          }
        }
      }
      group.addTask {
        for round in 0..<100 {
          try store.execute("UPDATE accounts SET blocked_at = \(round) WHERE id = 'a-139'")
          let seen = try await opened.state().snapshot.accounts.first { $0.account.id.rawValue == "a-139" }
          #expect(seen?.account.blockedAt == Int64(round))
        }
      }
      try await group.waitForAll()
    }
    session.close()
    await opened.close()
  }
}
