import Fleet
import Foundation
import StoreBuilder
import Testing

@testable import FleetSQLite

@Suite("opening an own store", .timeLimit(.minutes(5)))
struct OwnStoreOpeningTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func permissions(_ path: String) throws -> UInt32? { try FileStatus(path: path)?.permissions }

  private func expectError(
    _ code: StoreError.Code, naming path: String, _ open: () async throws -> SQLiteFleetStore
  ) async {
    let error = await #expect(throws: StoreError.self) { try await open() }
    #expect(error?.code == code)
    #expect(error?.message.contains(path) == true, "\(error?.message ?? "")")
  }

  @Test("a new store's directories, files and key are its owner's alone")
  func creation() async throws {
    let path = directory.file("state/codex-fleet/fleet.db")
    let store = try await SQLiteFleetStore.open(own: path)
    #expect(store.kind == .own)
    #expect(try permissions(directory.file("state")) == 0o700)
    #expect(try permissions(directory.file("state/codex-fleet")) == 0o700)
    for name in ["fleet.db", "fleet.db.lock", "encryption.key", "fleet.db-wal", "fleet.db-shm"] {
      let status = try FileStatus(path: directory.file("state/codex-fleet/" + name))
      #expect(status == nil || status?.permissions == 0o600, "\(name)")
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.file("state/codex-fleet"))
    #expect(Set(names).isSuperset(of: ["fleet.db", "encryption.key"]))
    #expect(!names.contains { $0.contains(".new") })
    #expect(try await store.snapshot(of: .all) == FleetSnapshot(accounts: [], hidesUpstreamQuota: false))
    await store.close()
  }

  @Test("a closed store is whole in its file alone, whether it was written or only read")
  func wholeFile() async throws {
    let path = directory.file("fleet.db")
    let store = try await SQLiteFleetStore.open(own: path)
    _ = try await store.createKey(name: "bar")
    await store.close()
    for _ in 0..<2 {
      #expect(try FileStatus(path: path + "-wal") == nil && FileStatus(path: path + "-shm") == nil)
      let copy = try TemporaryDirectory()
      for name in ["fleet.db", "encryption.key"] {
        try FileManager.default.copyItem(atPath: directory.file(name), toPath: copy.file(name))
      }
      let copied = try await SQLiteFleetStore.open(own: copy.file("fleet.db"))
      #expect(try await copied.listKeys().map(\.name) == ["bar"])
      await copied.close()
      let reader = try await SQLiteFleetStore.open(own: path)
      _ = try await reader.snapshot(of: .all)
      await reader.close()
    }
  }

  @Test(
    "a new store is not made over what is left of a vanished one, which SQLite would take for its own",
    arguments: ["-wal", "-shm", "-journal"])
  func leftovers(suffix: String) async throws {
    let path = directory.file("fleet.db")
    #expect(FileManager.default.createFile(atPath: path + suffix, contents: Data("old".utf8)))
    await expectError(.missing, naming: path + suffix) { try await SQLiteFleetStore.open(own: path) }
    #expect(try FileStatus(path: path) == nil && FileStatus(path: directory.file("encryption.key")) == nil)
  }

  @Test("a store that others may read or write is refused with the cure", arguments: [0o640, 0o604, 0o660])
  func openToOthers(mode: Int) async throws {
    let store = try await OwnStore.build {}
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: store.path)
    await expectError(.permission, naming: "chmod 600 '\(store.path)'") { try await store.open() }
  }

  @Test("a directory means the own store in it, unless it is a codex-lb's")
  func directories() async throws {
    let store = try await OwnStore.build {}
    #expect(try SQLiteFleetStore.file(ofStoreAt: store.directory.path) == store.path)
    #expect(try SQLiteFleetStore.file(ofStoreAt: store.path) == store.path)
    let foreign = try CodexLBStore.build {}
    #expect(try SQLiteFleetStore.file(ofStoreAt: foreign.directory.path) == foreign.directory.path)
    #expect(try SQLiteFleetStore.file(ofStoreAt: directory.path) == directory.path)
  }

  @Test("a draft that a crash left behind is no store and is replaced")
  func draft() async throws {
    let path = directory.file("fleet.db")
    for suffix in [".new", ".new-wal"] {
      #expect(FileManager.default.createFile(atPath: path + suffix, contents: Data("half a store".utf8)))
    }
    await (try SQLiteFleetStore.open(own: path)).close()
    #expect(try FileStatus(path: path + ".new") == nil)
  }

  @Test("a store is opened again with what is in it, and with the key it was made with")
  func reopening() async throws {
    let store = try await OwnStore.build { StoredAccount("a").usage("primary", 40) }
    let opened = try await store.open()
    #expect(try await opened.snapshot(of: .all).accounts.map(\.account.id) == ["a"].map { AccountID($0) })
    let session = try await opened.openSession()
    let credentials = try await session.credentials(of: AccountID("a"))
    #expect(credentials?.accessToken.withText { $0 } == "access-a")
    session.close()
    await opened.close()
  }

  @Test("a second daemon is refused until the first has closed the store")
  func lock() async throws {
    let path = directory.file("fleet.db")
    let first = try await SQLiteFleetStore.open(own: path)
    await expectError(.locked, naming: path) { try await SQLiteFleetStore.open(own: path) }
    await first.close()
    let second = try await SQLiteFleetStore.open(own: path)
    await second.close()
  }

  @Test("an administrator works beside the daemon, and before there was one")
  func administration() async throws {
    let path = directory.file("fleet.db")
    let early = try await SQLiteFleetStore.open(own: path, access: .administration)
    let daemon = try await SQLiteFleetStore.open(own: path)
    let late = try await SQLiteFleetStore.open(own: path, access: .administration)
    let key = try await late.createKey(name: "laptop")
    let digest = key.plainKey.withText { StoredKey.digest(of: $0) }
    #expect(try await daemon.apiKey(digest: digest)?.id == key.id)
    for store in [early, daemon, late] { await store.close() }
  }

  @Test(
    "a store of a newer version is refused, and it and all that lies beside it stay as they are",
    arguments: OwnStore.Leaving.allCases)
  func newer(leaving: OwnStore.Leaving) async throws {
    let store = try await OwnStore.buildNewer(leaving)
    let before = try store.directory.contents()
    #expect(before.keys.contains("fleet.db-wal") == (leaving != .closed))
    for access in [OwnStoreAccess.daemon, .administration] {
      await expectError(.unsupportedSchema, naming: store.path) { try await store.open(access: access) }
      #expect(try store.directory.contents() == before)
    }
    let error = #expect(throws: StoreError.self) { try SQLiteFleetStore.kind(ofStoreAt: store.path) }
    #expect(error?.code == .unsupportedSchema)
    #expect(try store.directory.contents() == before)
  }

  @Test(
    "a newer version's store is told in whatever folder it lies",
    arguments: ["what?", "50%25", "a#b", "/double", "päth with blanks"])
  func newerInOddPlaces(folder: String) async throws {
    let store = try await OwnStore.buildNewer(.closed)
    let place = directory.file(folder)
    try FileManager.default.copyItem(atPath: store.directory.path, toPath: place)
    let before = try FileManager.default.contentsOfDirectory(atPath: place).sorted()
    let path = place + "/fleet.db"
    await expectError(.unsupportedSchema, naming: path) { try await SQLiteFleetStore.open(own: path) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: place).sorted() == before)
  }

  @Test("a store whose key is missing, malformed, readable by others or another's says so")
  func keys() async throws {
    let store = try await OwnStore.build {}
    let manager = FileManager.default
    try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: store.keyPath)
    await expectError(.permission, naming: store.keyPath) { try await store.open() }
    try Data("no key".utf8).write(to: URL(fileURLWithPath: store.keyPath))
    try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: store.keyPath)
    await expectError(.keyMismatch, naming: store.keyPath) { try await store.open() }
    try Data(CodexLBStore.keyText.utf8).write(to: URL(fileURLWithPath: store.keyPath))
    try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: store.keyPath)
    await expectError(.keyMismatch, naming: store.keyPath) { try await store.open() }
    try manager.removeItem(atPath: store.keyPath)
    await expectError(.keyMismatch, naming: store.keyPath) { try await store.open() }
  }

  @Test("the key file may lie elsewhere")
  func keyElsewhere() async throws {
    let path = directory.file("fleet.db")
    let keyPath = directory.file("elsewhere.key")
    await (try SQLiteFleetStore.open(own: path, keyFile: keyPath)).close()
    #expect(try permissions(keyPath) == 0o600)
    #expect(try FileStatus(path: directory.file("encryption.key")) == nil)
    await (try SQLiteFleetStore.open(own: path, keyFile: keyPath)).close()
  }

  @Test(
    "what is not an own store is refused, saying what it is", arguments: ["", "no database", "SQLite format 3\0 cut"])
  func notAStore(contents: String) async throws {
    let path = directory.file("fleet.db")
    try Data(contents.utf8).write(to: URL(fileURLWithPath: path))
    await expectError(.corrupt, naming: path) { try await SQLiteFleetStore.open(own: path) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(contents.utf8))
  }

  @Test("a codex-lb store, another program's database and a directory are refused")
  func otherKinds() async throws {
    let codexLB = try CodexLBStore.build {}
    await expectError(.corrupt, naming: codexLB.path) { try await SQLiteFleetStore.open(own: codexLB.path) }
    try codexLB.execute("DROP TABLE alembic_version")
    await expectError(.corrupt, naming: codexLB.path) { try await SQLiteFleetStore.open(own: codexLB.path) }
    await expectError(.corrupt, naming: codexLB.directory.path) {
      try await SQLiteFleetStore.open(own: codexLB.directory.path)
    }
  }

  @Test("a path below a file is refused")
  func belowAFile() async throws {
    let file = directory.file("file")
    try Data().write(to: URL(fileURLWithPath: file))
    await expectError(.missing, naming: file) { try await SQLiteFleetStore.open(own: file + "/fleet.db") }
  }
}
