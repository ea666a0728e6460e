import Foundation
import StoreBuilder
import Testing

@Suite("Stores of other versions", .timeLimit(Patience.minutes(5)))
struct StoreVersionTests {
  @Test("a store of every released schema is served", arguments: OwnStore.releasedSchemas)
  func released(schema: Int) async throws {
    let store = try OwnStore.build(released: schema)
    let daemon = try await DaemonProcess.start(in: try TemporaryDirectory(), store: store.path)
    let account = try #require(try await daemon.call("fleet.summary").accounts.first)
    #expect(account["email"] as? String == "me@example.com")
    #expect((account["primary"] as? [String: Any])?["remainingPercent"] as? Double == 75)
    #expect(await daemon.stop().status == 0)
  }

  @Test(
    "a newer version's store is refused by all commands, saying so, and it and all beside it stay as they are",
    arguments: OwnStore.Leaving.allCases)
  func newer(leaving: OwnStore.Leaving) async throws {
    let store = try await OwnStore.buildNewer(leaving)
    let before = try store.directory.contents()
    let socket = try TemporaryDirectory().file("fleet.sock")
    for command in [
      [], ["check"], ["account", "list"], ["key", "create", "bar"], ["settings", "get"], ["init"],
    ] {
      let options = command.isEmpty || command == ["check"] ? ["--socket", socket] : []
      let run = try await RunningProcess.run(BuiltProducts.daemon, command + ["--store", store.path] + options)
      #expect(run.status == 1, "\(command)")
      let said = run.output + run.errors
      #expect(said.contains("newer version") && said.contains("Update the program"), "\(command): \(said)")
      #expect(said.contains(store.path))
      #expect(try store.directory.contents() == before, "\(command)")
    }
    #expect(!FileManager.default.fileExists(atPath: socket))
  }

  @Test("a newer codex-lb's store can be looked at, is not written, and stays as it is")
  func newerCodexLB() async throws {
    let store = try CodexLBStore.build(revision: "20990101_000000_future") {
      StoredAccount("a").usage("primary", 40)
      StoredKey("full")
    }
    let before = try Data(contentsOf: URL(fileURLWithPath: store.path))
    let daemon = try await DaemonProcess.start(in: try TemporaryDirectory(), store: store.directory.path)
    #expect(try await daemon.call("fleet.summary").accounts.count == 1)
    let refusal = try await daemon.call("fleet.refresh")
    #expect(refusal.errorCode == "store_unavailable")
    #expect(await daemon.stop().status == 0)
    #expect(try Data(contentsOf: URL(fileURLWithPath: store.path)) == before)
  }

  @Test(
    "a store that codex-lb wrote is used where it lies: looking leaves its bytes alone, and it may be refreshed",
    .enabled(if: Fixtures.directory != nil), arguments: Fixtures.names)
  func codexLBInPlace(name: String) async throws {
    let folder = try TemporaryDirectory()
    let store = try Fixtures.copy(name, to: folder)
    let file = URL(fileURLWithPath: store + "/store.db")
    let before = try Data(contentsOf: file)
    let key = try #require(try Fixtures.keys(of: name).first { $0.expected_status == 200 })
    let daemon = try await DaemonProcess.start(in: folder, store: store, settings: ["usage-refresh": "off"])
    _ = try await daemon.call("fleet.summary", token: key.key).accounts
    #expect(try await daemon.call("fleet.refresh", token: key.key).errorCode == nil)
    #expect(await daemon.stop().status == 0)
    #expect(try Data(contentsOf: file) == before)
  }
}
