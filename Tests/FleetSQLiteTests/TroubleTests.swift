import Fleet
import Foundation
import GRDB
import StoreBuilder
import Testing

@testable import FleetSQLite

@Suite("trouble with the file", .timeLimit(.minutes(5)))
struct TroubleTests {
  private let id = AccountID("a")

  private func write() throws -> UsageWrite {
    let instant = try #require(Timestamp(rfc3339: "2026-03-04T05:06:07Z"))
    let sample = UsageSample(recordedAt: instant, usedPercent: 1)
    return UsageWrite(
      accountID: id, recordedAt: instant, metadata: nil, main: [UsageWrite.MainRow(window: .primary, sample: sample)],
      additional: .keep)
  }

  @Test("a store that another program keeps locked is busy for writers, not for readers, and works again after")
  func busy() async throws {
    let store = try CodexLBStore.build { StoredAccount("a") }
    let opened = try await store.open(busyTimeout: .milliseconds(20))
    let session = try await opened.openSession()
    let lock = try StoreWriteLock(store)
    let error = await #expect(throws: StoreError.self) { try await session.record(try write()) }
    #expect(error?.code == .busy)
    #expect(error?.message.contains(store.path) == true)
    #expect(try await opened.snapshot(of: .all).accounts.count == 1)
    try lock.release()
    #expect(try await session.record(try write()) == .committed(rows: 1))
    session.close()
    await opened.close()
  }

  @Test("a store that went away is missing, and works again when it is back")
  func movedAway() async throws {
    let store = try await OwnStore.build { StoredAccount("a") }
    let opened = try await store.open()
    let session = try await opened.openSession()
    #expect(try await session.record(try write()) == .committed(rows: 1))
    let away = store.path + ".away"
    try FileManager.default.moveItem(atPath: store.path, toPath: away)
    var errors: [StoreError?] = []
    errors.append(await #expect(throws: StoreError.self) { try await opened.snapshot(of: .all) })
    errors.append(await #expect(throws: StoreError.self) { try await session.record(try write()) })
    errors.append(await #expect(throws: StoreError.self) { try await opened.apiKey(digest: StoredKey("x").digest) })
    #expect(errors.allSatisfy { $0?.code == .missing && $0?.message.contains(store.path) == true })
    #expect(try FileStatus(path: store.path) == nil)
    try FileManager.default.moveItem(atPath: away, toPath: store.path)
    #expect(try await opened.snapshot(of: .all).accounts.first?.latest.primary?.usedPercent == 1)
    #expect(try await session.record(try write()) == .committed(rows: 1))
    session.close()
    await opened.close()
  }

  @Test("a store that was replaced is opened anew, with its own key")
  func replaced() async throws {
    let store = try await OwnStore.build { StoredAccount("a") }
    let other = try await OwnStore.build {
      StoredAccount("a").usage("primary", 77)
      StoredAccount("b")
    }
    let opened = try await store.open()
    let session = try await opened.openSession()
    #expect(try await session.record(try write()) == .committed(rows: 1))
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store.path + suffix) }
    #expect(rename(other.path, store.path) == 0)
    let mismatch = await #expect(throws: StoreError.self) { try await opened.snapshot(of: .all) }
    #expect(mismatch?.code == .keyMismatch)
    #expect(rename(other.keyPath, store.keyPath) == 0)
    let snapshot = try await opened.snapshot(of: .all)
    #expect(snapshot.accounts.count == 2)
    #expect(snapshot.accounts.first?.latest.primary?.usedPercent == 77)
    #expect(try await session.credentials(of: AccountID("b"))?.accessToken.withText { $0 } == "access-b")
    #expect(try await session.record(try write()) == .committed(rows: 1))
    session.close()
    await opened.close()
  }

  @Test("a store that was replaced by something else says so until it is put right")
  func replacedByRubbish() async throws {
    let store = try CodexLBStore.build { StoredAccount("a") }
    let opened = try await store.open()
    let away = store.path + ".away"
    #expect(rename(store.path, away) == 0)
    try Data("rubbish".utf8).write(to: URL(fileURLWithPath: store.path))
    let error = await #expect(throws: StoreError.self) { try await opened.snapshot(of: .all) }
    #expect(error?.code == .corrupt)
    #expect(rename(away, store.path) == 0)
    #expect(try await opened.snapshot(of: .all).accounts.count == 1)
    await opened.close()
  }

  @Test("damaged pages are told, and read anew once they are put right in place")
  func damagedPages() async throws {
    let store = try await OwnStore.build { StoredAccount("a") }
    let opened = try await store.open()
    let session = try await opened.openSession()
    #expect(try await session.record(try write()) == .committed(rows: 1))
    try store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    let pageSize = try #require(try store.value("PRAGMA page_size").flatMap { Int($0) })
    let whole = try Data(contentsOf: URL(fileURLWithPath: store.path))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: store.path))
    try file.seek(toOffset: UInt64(pageSize))
    try file.write(contentsOf: Data(repeating: 0xFF, count: whole.count - pageSize))
    var errors: [StoreError?] = []
    errors.append(await #expect(throws: StoreError.self) { try await opened.snapshot(of: .all) })
    errors.append(await #expect(throws: StoreError.self) { try await session.record(try write()) })
    #expect(errors.allSatisfy { $0?.code == .corrupt && $0?.message.contains(store.path) == true })
    try file.seek(toOffset: 0)
    try file.write(contentsOf: whole)
    try file.close()
    #expect(try await opened.snapshot(of: .all).accounts.first?.latest.primary?.usedPercent == 1)
    #expect(try await session.record(try write()) == .committed(rows: 1))
    session.close()
    await opened.close()
  }

  @Test("a full disk fails the write, and the next one works when there is space")
  func full() async throws {
    let store = try await OwnStore.build { StoredAccount("a") }
    let opened = try await store.open()
    let session = try await opened.openSession()
    try await opened.connections.write(.usage, changing: .anything) { db, _ in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(pages)")
    }
    let error = await #expect(throws: StoreError.self) {
      for _ in 0..<1_000 { _ = try await session.record(try write()) }
    }
    #expect(error?.code == .full)
    #expect(try await opened.snapshot(of: .all).accounts.count == 1)
    try await opened.connections.write(.usage, changing: .anything) { db, _ in
      try db.execute(sql: "PRAGMA max_page_count = 100000")
    }
    #expect(try await session.record(try write()) == .committed(rows: 1))
    session.close()
    await opened.close()
  }

  @Test("cancelling the caller interrupts no write")
  func cancelled() async throws {
    let store = try await OwnStore.build { StoredAccount("a") }
    let opened = try await store.open()
    let session = try await opened.openSession()
    let write = try write()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await session.record(write)
    }
    #expect(try await task.value == .committed(rows: 1))
    #expect(try store.value("SELECT count(*) FROM usage_history") == "1")
    session.close()
    await opened.close()
  }

  @Test("a closed store refuses calls")
  func closed() async throws {
    let store = try await OwnStore.build {}
    let opened = try await store.open()
    await opened.close()
    await opened.close()
    let error = await #expect(throws: StoreError.self) { try await opened.snapshot(of: .all) }
    #expect(error?.code == .sessionClosed)
  }

  @Test(
    "a store in a directory that may not be written says so", .enabled(if: geteuid() != 0, "root may do everything"))
  func readOnlyDirectory() async throws {
    let store = try CodexLBStore.build {}
    try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: store.directory.path)
    let error = await #expect(throws: StoreError.self) { try await store.open() }
    #expect(error?.code == .readOnly)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: store.directory.path)
    await (try store.open()).close()
  }

  @Test("a store that may not be read says so", .enabled(if: geteuid() != 0, "root may do everything"))
  func unreadable() async throws {
    let store = try CodexLBStore.build {}
    try FileManager.default.setAttributes([.posixPermissions: 0o000], ofItemAtPath: store.path)
    let error = await #expect(throws: StoreError.self) { try await store.open() }
    #expect(error?.code == .permission)
  }

  @Test(
    "SQLite's result codes become errors that name the file and no data",
    arguments: [
      (ResultCode.SQLITE_BUSY, StoreError.Code.busy), (.SQLITE_BUSY_SNAPSHOT, .busy), (.SQLITE_LOCKED, .busy),
      (.SQLITE_FULL, .full), (.SQLITE_READONLY, .readOnly), (.SQLITE_READONLY_DIRECTORY, .readOnly),
      (.SQLITE_READONLY_DBMOVED, .missing), (.SQLITE_CANTOPEN, .readOnly), (.SQLITE_CORRUPT, .corrupt),
      (.SQLITE_NOTADB, .corrupt), (.SQLITE_PERM, .permission), (.SQLITE_IOERR_READ, .inputOutput),
      (.SQLITE_CONSTRAINT_FOREIGNKEY, .invalidValue), (.SQLITE_ERROR, .unsupportedSchema),
      (.SQLITE_NOMEM, .inputOutput),
    ])
  func codes(result: ResultCode, code: StoreError.Code) {
    let database = DatabaseError(resultCode: result, message: "a stored value", sql: "SELECT secret")
    let error = StoreError(database, path: "/there/store.db")
    #expect(error.code == code)
    #expect(error.message.contains("/there/store.db"))
    #expect(!error.message.contains("stored value") && !error.message.contains("secret"))
  }

  @Test("a missing table or column is named")
  func names() {
    let column = DatabaseError(resultCode: .SQLITE_ERROR, message: "no such column: a.alias")
    #expect(StoreError(column, path: "/x").message.contains("a.alias"))
    let table = DatabaseError(resultCode: .SQLITE_ERROR, message: "no such table: accounts")
    #expect(StoreError(table, path: "/x").message.contains("accounts"))
  }
}
