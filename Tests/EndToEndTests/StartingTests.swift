import Foundation
import StoreBuilder
import Testing

@Suite("Starting, failing and starting again", .timeLimit(Patience.minutes(5)))
struct StartingTests {
  private func store() throws -> CodexLBStore {
    try CodexLBStore.build {
      StoredAccount("a").usage("primary", 40)
      StoredKey("full")
    }
  }

  @Test("a daemon that was killed can be started again at once")
  func restartAfterKill() async throws {
    let folder = try TemporaryDirectory()
    let store = try store()
    for _ in 0..<3 {
      let daemon = try await DaemonProcess.start(in: folder, store: store.directory.path)
      let connection = try RawConnection(daemon.socketPath)
      try connection.send(Scene.line("fleet.summary", token: Scene.token, accounts: nil))
      #expect(try Answer(await connection.readLine()).accounts.count == 1)
      daemon.process.signal(SIGKILL)
      #expect(await daemon.process.waitForEnd() == 128 + SIGKILL)
    }
  }

  @Test("a second daemon on the same socket is refused, and the first goes on")
  func secondDaemonOnOneSocket() async throws {
    let folder = try TemporaryDirectory()
    let store = try store()
    let first = try await DaemonProcess.start(in: folder, store: store.directory.path)
    let second = try await DaemonProcess.launch(in: folder, store: store.directory.path)
    #expect(await second.process.waitForEnd() == 1)
    #expect(second.process.errors.text.contains(folder.file("fleet.sock")))
    let connection = try RawConnection(first.socketPath)
    try connection.send(Scene.line("fleet.summary", token: Scene.token, accounts: nil))
    #expect(try Answer(await connection.readLine()).accounts.count == 1)
    #expect(await first.stop().status == 0)
    #expect(!FileManager.default.fileExists(atPath: first.socketPath))
  }

  @Test("a second daemon on the same own store is refused, also on another socket")
  func secondDaemonOnOneStore() async throws {
    let store = try await OwnStore.build { StoredKey("full") }
    let folder = try TemporaryDirectory()
    let first = try await DaemonProcess.start(in: folder, store: store.path)
    let second = try await DaemonProcess.launch(in: try TemporaryDirectory(), store: store.path)
    #expect(await second.process.waitForEnd() == 1)
    #expect(second.process.errors.text.contains(store.path))
    #expect(await first.stop().status == 0)
  }

  @Test(
    "a store that cannot be used is refused with what to do",
    arguments: [
      "missing", "empty folder", "no database", "empty file", "foreign database", "wrong key", "no key", "broken key",
      "open key",
    ])
  func unusableStores(fault: String) async throws {
    let folder = try TemporaryDirectory()
    let store = try store()
    var path = store.directory.path
    var hint = "key"
    switch fault {
    case "missing":
      path = folder.file("nothing")
      hint = "codex-fleetd init --store"
    case "empty folder":
      path = folder.path
      hint = "store.db"
    case "no database":
      path = folder.file("text.db")
      try Data("this is no database, but it is long enough".utf8).write(to: URL(fileURLWithPath: path))
      hint = "not an SQLite database"
    case "empty file":
      path = folder.file("empty.db")
      try Data().write(to: URL(fileURLWithPath: path))
      hint = "empty"
    case "foreign database":
      path = folder.file("foreign.db")
      try StoreFile.makeForeign(at: path)
      hint = "neither"
    case "wrong key":
      try write("QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", toKeyOf: store)
      hint = "not the one"
    case "no key": try FileManager.default.removeItem(atPath: store.keyPath)
    case "broken key": try write("not a key", toKeyOf: store)
    default:
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: store.keyPath)
      hint = "chmod"
    }
    let daemon = try await DaemonProcess.launch(in: folder, store: path)
    #expect(await daemon.process.waitForEnd() == 1)
    let message = daemon.process.errors.text
    #expect(message.contains(hint), "\(fault): \(message)")
    #expect(!message.contains("QUFB") && !message.contains("not a key"))
    #expect(!FileManager.default.fileExists(atPath: daemon.socketPath))
  }

  @Test(
    "a setting that is not allowed stops the start, naming it and what is allowed",
    arguments: [
      (["refresh-interval": "soon"], "--refresh-interval"), (["max-concurrent-fetches": "0"], "1 to 256"),
      (["log-level": "loud"], "warning"), (["log-format": "xml"], "json"), (["drain-timeout": "-1"], "0 to 3600"),
    ])
  func badSettings(settings: [String: String], hint: String) async throws {
    let daemon = try await DaemonProcess.launch(
      in: try TemporaryDirectory(), store: try store().directory.path, settings: settings)
    #expect(await daemon.process.waitForEnd() == 2)
    #expect(daemon.process.errors.text.contains(hint), "\(daemon.process.errors.text)")
  }

  @Test(
    "an upstream address that is none stops the start",
    arguments: ["chatgpt.com", "ftp://host/", "http://", "http://a b/"])
  func badUpstream(address: String) async throws {
    let daemon = try await DaemonProcess.launch(
      in: try TemporaryDirectory(), store: try store().directory.path, upstream: address)
    #expect(await daemon.process.waitForEnd() == 2)
    #expect(daemon.process.errors.text.contains("--upstream-url"))
  }

  private func write(_ text: String, toKeyOf store: CodexLBStore) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: store.keyPath))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: store.keyPath)
  }
}
