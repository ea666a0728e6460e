import Foundation
import StoreBuilder
import Testing

@Suite("The daemon's command line", .timeLimit(Patience.minutes(3)))
struct CommandLineTests {
  private typealias Result = (status: Int32, output: String, errors: String)

  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Result {
    try await RunningProcess.run(
      BuiltProducts.daemon, arguments, environment: ["HOME": folder.path].merging(environment) { $1 })
  }

  /// Runs a line of shell, in which the daemon is `$0`.
  private func shell(_ line: String) async throws -> Result {
    try await RunningProcess.run(
      URL(fileURLWithPath: "/bin/sh"), ["-c", line, BuiltProducts.daemon.path], environment: ["HOME": folder.path])
  }

  /// Opens, as number 4, a pipe whose reader has gone.
  private static let abandonedPipe = #"mkfifo "$HOME/pipe"; exec 3<>"$HOME/pipe" 4>"$HOME/pipe" 3<&-"#

  @Test(
    "a key that could not be printed is not kept, and its name is free again",
    arguments: [
      (">/dev/full", "No space left on device"), (">&-", "Bad file descriptor"), (">&4", "Broken pipe"),
    ])
  func lostKey(output: String, cause: String) async throws {
    let made = try await shell(#"\#(Self.abandonedPipe); exec "$0" key create x -q \#(output)"#)
    #expect(made.status == 1)
    #expect(made.errors.contains("cannot write the output: \(cause); the key was not kept"), "\(made.errors)")
    #expect(try await run("key", "list").output.isEmpty)
    #expect(try await run("key", "create", "x", "--quiet").status == 0)
  }

  @Test(
    "output that cannot be written ends a command with 1, a reader that had enough with 0",
    arguments: ["--help", "--version", "--print-config", "init", "settings get", "key list", "key revoke bar"])
  func lostOutput(command: String) async throws {
    if command != "init" { #expect(try await run("key", "create", "bar").status == 0) }
    let full = try await shell("exec \"$0\" \(command) >/dev/full")
    #expect(full.status == 1, "\(command)")
    #expect(full.errors.contains("cannot write the output: No space left on device"), "\(full.errors)")
    guard command != "init" else { return }
    let gone = try await shell(#"\#(Self.abandonedPipe); exec "$0" \#(command) >&4"#)
    #expect(gone.status == 0 && gone.errors.isEmpty, "\(command): \(gone.errors)")
  }

  @Test("a check whose report cannot be written has failed")
  func lostReport() async throws {
    let check = try await shell(#"exec "$0" check --upstream-url http://127.0.0.1:9 >/dev/full"#)
    #expect(check.status == 1)
    #expect(check.errors.contains("cannot write the output"), "\(check.errors)")
  }

  @Test(
    "a flag with a value that is not allowed is wrong usage",
    arguments: [
      ["--refresh-interval", "abc"], ["--log-level", "verbose"], ["--socket", ""], ["check", "--store", ""],
    ])
  func wrongFlag(arguments: [String]) async throws {
    let result = try await RunningProcess.run(
      BuiltProducts.daemon, arguments, environment: ["HOME": folder.path])
    #expect(result.status == 2)
    #expect(result.errors.contains("is not allowed; give "), "\(result.errors)")
  }

  @Test("the same value in a variable is not")
  func wrongVariable() async throws {
    let result = try await run("check", environment: ["CODEX_FLEETD_LOG_LEVEL": "verbose"])
    #expect(result.status == 1)
    #expect(result.errors.contains("CODEX_FLEETD_LOG_LEVEL: \"verbose\" is not allowed"), "\(result.errors)")
  }

  @Test("an argument that is no text is refused, not taken for another one")
  func noText() async throws {
    let result = try await shell(#"exec "$0" init --store "$HOME/$(printf '\377').db""#)
    #expect(result.status == 2)
    #expect(result.errors.contains("the argument 3 is not valid UTF-8"), "\(result.errors)")
    #expect(try folder.contents().isEmpty)
  }

  @Test(
    "a mistyped command is told as such, with the one that was meant",
    arguments: [
      (["acount", "list"], "there is no command 'acount'; did you mean account? The commands are serve, init, key,"),
      (["nonsense"], "there is no command 'nonsense'. The commands are serve,"),
      (["key", "creat", "x"], "there is no command 'key creat'; did you mean create? The commands of key are create,"),
    ])
  func mistypedCommand(arguments: [String], words: String) async throws {
    let result = try await RunningProcess.run(BuiltProducts.daemon, arguments, environment: ["HOME": folder.path])
    #expect(result.status == 2)
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test(
    "what is wrong is named as it was given, with the cure",
    arguments: [
      (["--socket", "newdir/"], "the path names a directory: give a file in it, such as newdir/fleet.sock"),
      (["key", "create", "  "], "A key's name needs at least one character that is no blank."),
      (
        ["settings", "set", "refresh-interval", "30"],
        "refresh-interval is not kept in the store: it belongs into the configuration file, as refresh-interval: 30, or "
      ),
      (["settings", "get", "log-level"], "into the configuration file, as log-level: word, or into CODEX_FLEETD_LOG_"),
      (["account", "remove", "nope"], #""nope": No account has that identifier"#),
      (["account", "pause", "nope"], #""nope": No account has that identifier"#),
      (["key", "create", "x", "--account", "nope"], #""nope": No account has that identifier"#),
    ])
  func faults(arguments: [String], words: String) async throws {
    let result = try await RunningProcess.run(
      BuiltProducts.daemon, arguments, environment: ["HOME": folder.path, "XDG_RUNTIME_DIR": folder.path])
    #expect(result.status == 1)
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test("a configuration file that is not there is blamed on what named it")
  func missingFile() async throws {
    let file = folder.file("nowhere.yaml")
    let variable = try await run("check", environment: ["CODEX_FLEETD_CONFIG": file])
    #expect(variable.errors.contains("no configuration file at \(file); check CODEX_FLEETD_CONFIG"))
    let flag = try await run("check", "--config", file, environment: ["CODEX_FLEETD_CONFIG": "/elsewhere"])
    #expect(flag.errors.contains("no configuration file at \(file); check --config"), "\(flag.errors)")
  }

  @Test(
    "where the system's place for the socket is not this user's, others are named",
    .enabled(if: geteuid() == 0, "only root can become another user"))
  func systemsPlace() async throws {
    #expect(chown(folder.path, 65_534, 65_534) == 0)
    func asOther(_ arguments: [String]) async throws -> Result {
      try await RunningProcess.run(
        URL(fileURLWithPath: "/usr/bin/setpriv"),
        ["--reuid=65534", "--regid=65534", "--clear-groups", BuiltProducts.daemon.path] + arguments,
        environment: ["HOME": folder.path])
    }
    let cure = "give a path of your own with --socket, or set XDG_RUNTIME_DIR"
    let daemon = try await asOther([])
    #expect(daemon.status == 1)
    #expect(daemon.errors.contains("Permission denied") && daemon.errors.contains(cure), "\(daemon.errors)")
    let check = try await asOther(["check", "--upstream-url", "http://127.0.0.1:9"])
    #expect(check.output.contains(cure), "\(check.output)")
  }

  @Test("a list shows no characters that would steer the terminal or reorder the line")
  func steering() async throws {
    #expect(try await run("key", "create", "a\u{202E}b\u{2066}c\u{7F}d\u{200D}e").status == 0)
    let list = try await run("key", "list").output
    #expect(list.contains("a?b?c?d\u{200D}e "), "\(list)")
  }

  @Test("the help says once what is done when no command is given")
  func standardCommand() async throws {
    let help = try await run("--help").output
    #expect(help.components(separatedBy: "(default)").count == 2, "\(help)")
  }

  @Test("a key ends in the future, and is listed as expired afterwards")
  func expiry() async throws {
    let past = try await run("key", "create", "old", "--expires", "2020-01-31T12:00:00Z")
    #expect(past.status == 2)
    #expect(past.errors.contains("--expires: 2020-01-31T12:00:00Z has passed"), "\(past.errors)")
    let store = try await OwnStore.build { StoredKey("old", expiresAt: "2020-01-31 12:00:00.000000") }
    func administer(_ arguments: String...) async throws -> Result {
      try await RunningProcess.run(BuiltProducts.daemon, arguments + ["--store", store.path])
    }
    #expect(try await administer("key", "list").output.contains(" expired "))
    // The name is free for one that works, which is then the one that is meant by it.
    let made = try await administer("key", "create", "old")
    #expect(made.status == 0, "\(made.errors)")
    #expect(try await administer("key", "revoke", "old").status == 0)
    let states = try await administer("key", "list").output
    #expect(states.contains(" expired ") && states.contains(" revoked ") && !states.contains(" active "), "\(states)")
  }
}
