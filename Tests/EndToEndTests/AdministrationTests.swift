import Foundation
import StoreBuilder
import Testing
import UpstreamSimulator

@Suite("The own store, from the command line", .timeLimit(Patience.minutes(5)))
struct AdministrationTests {
  /// An empty home, a simulated upstream, and the programs on both.
  private struct Home {
    let folder: TemporaryDirectory
    let upstream: UpstreamSimulator

    init() async throws {
      folder = try TemporaryDirectory()
      upstream = try await UpstreamSimulator.start()
      for name in ["one", "two"] { upstream.add(SimulatedAccount(id: name)) }
    }

    var environment: [String: String] {
      [
        "HOME": folder.path, "CODEX_FLEETD_SOCKET": folder.file("fleet.sock"),
        "CODEX_FLEET_SOCKET": folder.file("fleet.sock"),
        "CODEX_FLEETD_UPSTREAM_URL": upstream.baseURL, "CODEX_FLEETD_AUTH_URL": upstream.baseURL,
      ]
    }

    func administer(_ arguments: String...) async throws -> (status: Int32, output: String, errors: String) {
      try await RunningProcess.run(BuiltProducts.daemon, arguments, environment: environment)
    }

    func ask(_ arguments: String..., token: String?) async throws -> (status: Int32, output: String, errors: String) {
      var environment = environment
      environment["CODEX_FLEET_TOKEN"] = token
      return try await RunningProcess.run(BuiltProducts.client, arguments, environment: environment)
    }

    func authFile(of account: String) throws -> String {
      let path = folder.file("\(account).json")
      try Data(upstream.authJSON(for: account).utf8).write(to: URL(fileURLWithPath: path))
      return path
    }

    func newKey(_ arguments: String...) async throws -> String {
      let made = try await RunningProcess.run(
        BuiltProducts.daemon, ["key", "create", "--quiet"] + arguments, environment: environment)
      #expect(made.status == 0, "\(made.errors)")
      return made.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  @Test("accounts are imported, a key is made, and the client shows what a refresh brought")
  func wholeWay() async throws {
    let home = try await Home()
    for name in ["one", "two"] {
      let imported = try await home.administer("account", "import", try home.authFile(of: name))
      #expect(imported.status == 0, "\(imported.errors)")
      #expect(imported.errors.contains("belongs to codex-fleetd"))
    }
    let key = try await home.newKey("bar")
    #expect(key.hasPrefix("sk-fleet-"))
    let daemon = try await RunningProcess(BuiltProducts.daemon, [], environment: home.environment)
    #expect(await daemon.errors.wait { $0.contains(" listening ") })
    let refresh = try await home.ask("refresh", token: key)
    #expect(refresh.status == 0, "\(refresh.output)\(refresh.errors)")
    #expect(refresh.output.contains("2 written"))
    let summary = try await home.ask("summary", "--json", token: key)
    #expect(try Answer(#"{"result":\#(summary.output)}"#).accounts.count == 2)
    let table = try await home.ask("summary", token: key)
    #expect(table.output.contains("one@example.com"))
    #expect(!table.output.contains("\u{1B}"))

    // Administration goes on beside the running daemon, and counts at once.
    #expect(try await home.administer("account", "pause", "one@example.com").status == 0)
    #expect(try await home.ask("summary", token: key).output.contains("paused"))
    #expect(try await home.administer("account", "resume", "one@example.com").status == 0)
    #expect(try await home.administer("settings", "set", "hide_upstream_quota_from_api_keys", "on").status == 0)
    #expect(try await home.administer("settings", "get").output == "hide_upstream_quota_from_api_keys on\n")
    let hidden = try Answer(#"{"result":\#(try await home.ask("summary", "--json", token: key).output)}"#)
    #expect(hidden.accounts.allSatisfy { $0["usageRefreshedAt"] is NSNull })
    let listed = try await home.administer("key", "list")
    #expect(listed.output.contains("bar") && !listed.output.contains(key))
    #expect(try await home.administer("key", "revoke", "bar").status == 0)
    let refused = try await home.ask("summary", token: key)
    #expect(refused.status == 4)
    #expect(!refused.errors.contains(key))

    #expect(try await home.administer("account", "remove", "one@example.com").status == 2)
    #expect(try await home.administer("account", "remove", "one@example.com", "--yes").status == 0)
    #expect(!(try await home.administer("account", "list")).output.contains("one@example.com"))
    daemon.signal(SIGTERM)
    #expect(await daemon.waitForEnd() == 0)
    await home.upstream.stop()
  }

  @Test("a key limited to an account sees no other")
  func scopedKey() async throws {
    let home = try await Home()
    for name in ["one", "two"] { _ = try await home.administer("account", "import", try home.authFile(of: name)) }
    let key = try await home.newKey("scoped", "--account", "two@example.com")
    let daemon = try await RunningProcess(BuiltProducts.daemon, [], environment: home.environment)
    #expect(await daemon.errors.wait { $0.contains(" listening ") })
    let summary = try await home.ask("summary", token: key)
    #expect(summary.output.contains("two@example.com") && !summary.output.contains("one@example.com"))
    daemon.signal(SIGTERM)
    #expect(await daemon.waitForEnd() == 0)
    await home.upstream.stop()
  }

  @Test("the store, its key and their folder are for their owner alone")
  func modes() async throws {
    let home = try await Home()
    _ = try await home.newKey("bar")
    let folder = home.folder.file(".local/state/codex-fleet")
    for (path, mode) in [(folder, 0o700), (folder + "/fleet.db", 0o600), (folder + "/encryption.key", 0o600)] {
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode, "\(path)")
    }
    await home.upstream.stop()
  }

  @Test("an account is imported from standard input, for those who may not read the file")
  func importFromInput() async throws {
    let home = try await Home()
    func importing(_ file: String) async throws -> (status: Int32, output: String, errors: String) {
      try await RunningProcess.run(
        URL(fileURLWithPath: "/bin/sh"),
        ["-c", #"cat "$1" | "$0" account import -"#, BuiltProducts.daemon.path, file],
        environment: home.environment)
    }
    let imported = try await importing(home.authFile(of: "one"))
    #expect(imported.status == 0 && imported.output.contains("imported the account"), "\(imported.errors)")
    #expect(imported.errors.contains("do not go on using its auth.json elsewhere"))
    let empty = try await importing("/dev/null")
    #expect(empty.status == 1 && empty.errors.contains("not the JSON object"), "\(empty.errors)")
    let endless = try await RunningProcess.run(
      URL(fileURLWithPath: "/bin/sh"),
      ["-c", #"head -c 1100000 /dev/zero | "$0" account import -"#, BuiltProducts.daemon.path],
      environment: home.environment)
    #expect(endless.status == 1 && endless.errors.contains("longer than 1 MiB"), "\(endless.errors)")
    #expect(try await home.administer("account", "list").output.contains("one@example.com"))
    await home.upstream.stop()
  }

  @Test(
    "wrong usage ends with 2, what cannot be done with 1, each with a hint",
    arguments: [
      (["key", "create"], 2, "name"), (["nonsense"], 2, "nonsense"),
      (["account", "import", "/nowhere/auth.json"], 1, "/nowhere/auth.json"),
      (["key", "revoke", "nobody"], 1, "key"), (["account", "pause", "nobody"], 1, "account"),
      (["settings", "set", "colour", "red"], 1, "hide_upstream_quota_from_api_keys"),
      (["key", "create", "x", "--expires", "tomorrow"], 2, "--expires"),
    ])
  func mistakes(arguments: [String], status: Int32, hint: String) async throws {
    let folder = try TemporaryDirectory()
    let result = try await RunningProcess.run(BuiltProducts.daemon, arguments, environment: ["HOME": folder.path])
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(hint), "\(result.errors)")
  }

  @Test(
    "in a codex-lb store administration refuses and says who manages it",
    arguments: [
      ["key", "create", "x"], ["key", "list"], ["account", "list"], ["account", "pause", "a"],
      ["settings", "set", "hide_upstream_quota_from_api_keys", "on"],
    ])
  func managedElsewhere(arguments: [String]) async throws {
    let store = try CodexLBStore.build { StoredAccount("a") }
    let result = try await RunningProcess.run(BuiltProducts.daemon, arguments + ["--store", store.directory.path])
    #expect(result.status == 1)
    #expect(result.errors.contains("codex-lb"), "\(result.errors)")
  }

  @Test("a check tells what is right and what is wrong")
  func check() async throws {
    let home = try await Home()
    _ = try await home.newKey("bar")
    let clean = try await home.administer("check")
    #expect(clean.status == 0, "\(clean.output)")
    #expect(clean.output.split(separator: "\n").allSatisfy { $0.hasPrefix("ok ") })
    await home.upstream.stop()
    let broken = try await home.administer("check", "--store", home.folder.file("nothing"))
    #expect(broken.status == 1)
    #expect(broken.output.contains("failed  store") && broken.output.contains("failed  upstream"))
  }

  @Test("the client's exit status tells apart what went wrong")
  func clientExitStatus() async throws {
    let home = try await Home()
    #expect(try await home.ask("health", token: nil).status == 3)
    #expect(try await home.ask("summary", "--nonsense", token: "x").status == 2)
    _ = try await home.administer("account", "import", try home.authFile(of: "one"))
    let key = try await home.newKey("bar")
    let daemon = try await RunningProcess(BuiltProducts.daemon, [], environment: home.environment)
    #expect(await daemon.errors.wait { $0.contains(" listening ") })
    #expect(try await home.ask("health", token: nil).status == 0)
    #expect(try await home.ask("summary", token: "sk-fleet-wrong").status == 4)
    #expect(try await home.ask("call", "no.such.method", token: key).status == 1)
    home.upstream.behave(.status(403))
    #expect(try await home.ask("refresh", token: key).status == 5)
    daemon.signal(SIGTERM)
    #expect(await daemon.waitForEnd() == 0)
    await home.upstream.stop()
  }
}
