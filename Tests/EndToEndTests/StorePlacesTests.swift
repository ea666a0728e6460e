import Foundation
import StoreBuilder
import Testing
import UpstreamSimulator

@Suite("Where the own store lies, and what the commands say of it", .timeLimit(Patience.minutes(5)))
struct StorePlacesTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func run(
    _ arguments: String..., environment: [String: String]
  ) async throws -> (status: Int32, output: String, errors: String) {
    try await RunningProcess.run(BuiltProducts.daemon, arguments, environment: environment)
  }

  @Test("systemd's directory comes first, then the one for state, then the home")
  func places() async throws {
    var environment = ["HOME": folder.file("home")]
    for (name, value, place) in [
      (nil, "", "home/.local/state/codex-fleet/fleet.db"), ("XDG_STATE_HOME", "state", "state/codex-fleet/fleet.db"),
      ("STATE_DIRECTORY", "system", "system/fleet.db"),
    ] as [(String?, String, String)] {
      if let name { environment[name] = folder.file(value) }
      let made = try await run("init", environment: environment)
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.output == "made the store \(folder.file(place))\n")
      #expect(FileManager.default.fileExists(atPath: folder.file(place)))
    }
    // Of several directories systemd names the first is meant.
    environment["STATE_DIRECTORY"] = folder.file("first") + ":" + folder.file("second")
    #expect(try await run("init", environment: environment).output.contains(folder.file("first/fleet.db")))
  }

  @Test("a relative directory for state is none, and without a home there is no place")
  func noPlace() async throws {
    let result = try await run("key", "list", environment: ["XDG_STATE_HOME": "state"])
    #expect(result.status == 1)
    #expect(result.errors.contains("no home directory") && result.errors.contains("--store"), "\(result.errors)")
  }

  @Test("a new store is not made over another one, nor in a directory's place")
  func occupied() async throws {
    let path = folder.file("fleet.db")
    #expect(try await run("init", "--store", path, environment: [:]).status == 0)
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let again = try await run("init", "--store", path, environment: [:])
    #expect(again.status == 1 && again.errors.contains("a store at \(path) already"), "\(again.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    let directory = try TemporaryDirectory()
    let inPlace = try await run("init", "--store", directory.path, environment: [:])
    #expect(inPlace.status == 1 && inPlace.errors.contains("\(directory.path)/fleet.db"), "\(inPlace.errors)")
    #expect(try directory.contents().isEmpty)
  }

  @Test("where there is nothing yet, it is said how it begins")
  func beginnings() async throws {
    let environment = ["HOME": folder.path]
    let check = try await run(
      "check", "--socket", folder.file("fleet.sock"), "--upstream-url", "http://127.0.0.1:9", environment: environment)
    #expect(check.output.contains("none at \(folder.path)/.local/state/codex-fleet/fleet.db yet"), "\(check.output)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty, "a check changes nothing")
    let accounts = try await run("account", "list", environment: environment)
    #expect(accounts.status == 0 && accounts.output.isEmpty && accounts.errors.contains("account import"))
    let keys = try await run("key", "list", environment: environment)
    #expect(keys.status == 0 && keys.output.isEmpty && keys.errors.contains("key create"))
    #expect(try await run("settings", "get", environment: environment).output.hasSuffix(" off\n"))
    let one = try await run("settings", "get", "hide_upstream_quota_from_api_keys", environment: environment)
    #expect(one.output == "off\n")
  }

  @Test(
    "a store that is made on a disk with too little space is made whole once there is more",
    .enabled(if: SmallDisk.isPossible, "needs to mount a file system"))
  func littleSpace() async throws {
    var refused = 0
    for kilobytes in stride(from: 8, to: 480, by: Patience.isTried ? 56 : 24) {
      let disk = try SmallDisk(kilobytes: kilobytes)
      let store = disk.path + "/fleet.db"
      let first = try await run("init", "--store", store, environment: [:])
      if first.status != 0 {
        refused += 1
        #expect(first.errors.contains("space left"), "\(kilobytes): \(first.errors)")
        try disk.resize(kilobytes: 4_096)
        let again = try await run("init", "--store", store, environment: [:])
        #expect(again.status == 0, "\(kilobytes): \(again.errors)")
      }
      try disk.resize(kilobytes: 4_096)
      let keys = try await run("key", "list", "--store", store, environment: [:])
      #expect(keys.status == 0, "\(kilobytes): \(keys.errors)")
      disk.unmount()
    }
    #expect(refused > 0)
  }

  @Test("keys are listed with what they may see, until when, and whether they still work")
  func keys() async throws {
    let store = try await OwnStore.build {
      StoredAccount("a")
      StoredAccount("b")
    }
    for arguments in [
      ["all"], ["blind", "--hide-usage", "--expires", "2030-01-31T12:00:00Z"], ["one", "--account", "a"],
      ["two", "--account", "a", "--account", "b"],
    ] {
      let made = try await RunningProcess.run(
        BuiltProducts.daemon, ["key", "create", "--store", store.path] + arguments)
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.errors.contains("will not be shown again") && !made.errors.contains("sk-fleet-"))
    }
    #expect(try await run("key", "revoke", "two", "--store", store.path, environment: [:]).status == 0)
    let listed = try await run("key", "list", "--store", store.path, environment: [:]).output
    func line(_ name: String) -> String {
      listed.split(separator: "\n").first { $0.hasPrefix(name) }.map(String.init) ?? ""
    }
    #expect(
      line("all").contains(" active ") && line("all").contains(" all accounts ") && line("all").contains(" never "))
    #expect(line("blind").contains(" all accounts, no usage ") && line("blind").contains(" 2030-01-31T12:00:00Z "))
    #expect(line("one").contains(" 1 account "))
    #expect(line("two").contains(" revoked ") && line("two").contains(" 2 accounts "))
  }

  @Test("a login that is imported again takes the old one's place, and does not end a pause")
  func importedAgain() async throws {
    let upstream = try await UpstreamSimulator.start()
    upstream.add(SimulatedAccount(id: "one"))
    let environment = ["HOME": folder.path]
    let file = folder.file("auth.json")
    try Data(upstream.authJSON(for: "one").utf8).write(to: URL(fileURLWithPath: file))
    let first = try await run("account", "import", file, environment: environment)
    #expect(first.output.hasPrefix("imported the account "), "\(first.errors)")
    #expect(try await run("account", "pause", "one@example.com", environment: environment).status == 0)
    let second = try await run("account", "import", file, environment: environment)
    #expect(
      second.output.hasPrefix("gave the account ") && second.errors.contains("account resume"), "\(second.errors)")
    #expect(try await run("account", "list", environment: environment).output.contains(" paused "))
    await upstream.stop()
  }
}
