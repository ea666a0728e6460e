import Foundation
import StoreBuilder
import Testing
import UpstreamSimulator

/// The ten likeliest mistakes of a new user: each gets the cause and the cure.
@Suite("Mistakes", .timeLimit(Patience.minutes(3)))
struct MistakesTests {
  /// An empty home in which programs are started.
  private struct Home {
    let folder: TemporaryDirectory
    var socket: String { folder.file("codex-fleet/fleet.sock") }

    init() throws { folder = try TemporaryDirectory() }

    private func environment(_ more: [String: String]) -> [String: String] {
      ["HOME": folder.path, "XDG_RUNTIME_DIR": folder.path].merging(more) { $1 }
    }

    func ask(_ arguments: String..., token: String? = nil) async throws -> (
      status: Int32, output: String, errors: String
    ) {
      try await RunningProcess.run(
        BuiltProducts.client, arguments, environment: environment(token.map { ["CODEX_FLEET_TOKEN": $0] } ?? [:]))
    }

    func administer(_ arguments: String...) async throws -> (status: Int32, output: String, errors: String) {
      try await RunningProcess.run(BuiltProducts.daemon, arguments, environment: environment([:]))
    }

    /// A daemon at the usual place, and a key for it.
    func daemon(upstream: String = "http://127.0.0.1:9") async throws -> (process: RunningProcess, key: String) {
      let process = try await RunningProcess(
        BuiltProducts.daemon, ["--upstream-url", upstream, "--auth-url", upstream], environment: environment([:]))
      #expect(await process.errors.wait { $0.contains(" listening ") }, "\(process.errors.text)")
      let made = try await administer("key", "create", "--quiet", "test")
      return (process, made.output.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    func stop(_ process: RunningProcess) async {
      process.signal(SIGTERM)
      #expect(await process.waitForEnd() == 0)
    }
  }

  @Test("1: no daemon")
  func noDaemon() async throws {
    let home = try Home()
    let answer = try await home.ask("summary", token: "sk-fleet-any")
    #expect(answer.status == 3)
    #expect(answer.errors.contains("no daemon at \(home.socket)"))
    #expect(answer.errors.contains(#"start it with "codex-fleetd""#))
  }

  @Test("2: a wrong socket")
  func wrongSocket() async throws {
    let home = try Home()
    let missing = try await home.ask("--socket", "/no/where.sock", "summary", token: "sk-fleet-any")
    #expect(missing.status == 3)
    #expect(missing.errors.contains("no daemon at /no/where.sock") && missing.errors.contains("--socket"))
    let file = try await home.ask("--socket", "/etc/passwd", "summary", token: "sk-fleet-any")
    #expect(file.status == 3)
    #expect(file.errors.contains("/etc/passwd is not a socket; name the daemon's with --socket"))
  }

  @Test("3: no permission", .enabled(if: getuid() == 0, "only root can become another user"))
  func noPermission() async throws {
    let home = try Home()
    let (process, key) = try await home.daemon()
    // The way to the socket is open; only the socket itself is not.
    chmod(home.folder.path, 0o711)
    chmod(home.folder.file("codex-fleet"), 0o755)
    let answer = try await RunningProcess.run(
      URL(fileURLWithPath: "/usr/bin/setpriv"),
      [
        "--reuid=65534", "--regid=65534", "--clear-groups", BuiltProducts.client.path, "--socket", home.socket,
        "summary",
      ],
      environment: ["CODEX_FLEET_TOKEN": key])
    #expect(answer.status == 3)
    #expect(answer.errors.contains("you may not connect to \(home.socket)"))
    #expect(answer.errors.contains("belongs to root:root with mode 0660"))
    await home.stop(process)
  }

  @Test("4 and 5: no token, and a wrong one")
  func tokens() async throws {
    let home = try Home()
    let (process, _) = try await home.daemon()
    let none = try await home.ask("summary")
    #expect(none.status == 4)
    #expect(none.errors.contains("no API key; give one in CODEX_FLEET_TOKEN"))
    let wrong = try await home.ask("summary", token: "sk-fleet-wrong")
    #expect(wrong.status == 4)
    #expect(wrong.errors.contains("does not know the API key from CODEX_FLEET_TOKEN"))
    #expect(wrong.errors.contains("codex-fleetd key create"))
    await home.stop(process)
  }

  @Test("6: an empty store")
  func emptyStore() async throws {
    let home = try Home()
    let (process, key) = try await home.daemon()
    let answer = try await home.ask("summary", token: key)
    #expect(answer.status == 0)
    #expect((answer.output + answer.errors).contains("codex-fleetd account import ~/.codex/auth.json"))
    await home.stop(process)
  }

  @Test("7: a wrong key file")
  func wrongKeyFile() async throws {
    let home = try Home()
    #expect(try await home.administer("key", "create", "test").status == 0)
    let other = home.folder.file("other.key")
    try Data("QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=".utf8).write(to: URL(fileURLWithPath: other))
    chmod(other, 0o600)
    let answer = try await home.administer("--key-file", other)
    #expect(answer.status == 1)
    #expect(answer.errors.contains("The encryption key \(other) is not the one"))
    #expect(answer.errors.contains("Put the right key file back"))
  }

  @Test("8: a bad value in the configuration")
  func badConfiguration() async throws {
    let home = try Home()
    let file = home.folder.file("config.yaml")
    try Data("refresh-interval: often\n".utf8).write(to: URL(fileURLWithPath: file))
    let answer = try await home.administer("--config", file)
    #expect(answer.status == 1)
    #expect(
      answer.errors.contains(
        #"\#(file):1: refresh-interval: "often" is not allowed; give a whole number from 1 to 86400"#))
  }

  @Test("9: nothing listens at the upstream's port")
  func closedPort() async throws {
    let home = try Home()
    let (process, key) = try await home.daemon()
    let upstream = try await UpstreamSimulator.start()
    upstream.add(SimulatedAccount(id: "one"))
    let file = home.folder.file("auth.json")
    try Data(upstream.authJSON(for: "one").utf8).write(to: URL(fileURLWithPath: file))
    await upstream.stop()
    #expect(try await home.administer("account", "import", file).status == 0)
    let answer = try await home.ask("refresh", token: key)
    #expect(answer.status == 5)
    #expect((answer.output + answer.errors).contains("upstream cannot be reached"))
    let check = try await home.administer("check", "--upstream-url", "http://127.0.0.1:9")
    #expect(check.status == 1)
    #expect(check.output.contains("http://127.0.0.1:9 cannot be reached; check the network, or --upstream-url"))
    await home.stop(process)
  }

  @Test(
    "closed standard streams are no result, and nothing else takes their place",
    arguments: [("summary >&-", 1), ("summary <&- >&- 2>&-", 1), ("summary <&-", 0), ("watch --format jsonl >&-", 1)])
  func closedStreams(command: String, status: Int32) async throws {
    let home = try Home()
    let (process, key) = try await home.daemon()
    let answer = try await RunningProcess.run(
      URL(fileURLWithPath: "/bin/sh"),
      ["-c", "exec \"$0\" --socket \"$1\" " + command, BuiltProducts.client.path, home.socket],
      environment: ["CODEX_FLEET_TOKEN": key])
    #expect(answer.status == status, "\(answer)")
    #expect(answer.errors == (command.hasSuffix(" >&-") ? "codex-fleet: cannot write the output: it is closed\n" : ""))
    await home.stop(process)
  }

  @Test("a daemon that is stopped is given up, by every command")
  func stoppedDaemon() async throws {
    let home = try Home()
    let (process, key) = try await home.daemon()
    process.signal(SIGSTOP)
    for command in ["health", "summary", "refresh", "stats"] {
      let answer = try await home.ask(command, "--timeout", "1", token: key)
      #expect(answer.status == 3)
      #expect(answer.errors.contains("the daemon at \(home.socket) does not answer (within 1 s); look at its log"))
    }
    process.signal(SIGCONT)
    await home.stop(process)
  }

  @Test("10: a full disk", .enabled(if: SmallDisk.isPossible, "needs to mount a file system"))
  func fullDisk() async throws {
    let home = try Home()
    let disk = try SmallDisk(kilobytes: 512)
    defer { disk.unmount() }
    let store = disk.path + "/fleet.db"
    #expect(try await home.administer("init", "--store", store).status == 0)
    try disk.fill()
    let full = try await home.administer("key", "create", "--store", store, "test")
    #expect(full.status == 1)
    #expect(full.errors.contains("There is no space left for the store \(store). Free some"), "\(full.errors)")
    disk.free()
    #expect(try await home.administer("key", "create", "--store", store, "test").status == 0)
  }
}
