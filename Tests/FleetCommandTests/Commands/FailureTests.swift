import FleetClient
import Glibc
import JSON
import JSONRPC
import Testing

@testable import FleetCommand

@Suite("A command that fails", .timeLimit(.minutes(5)))
struct FailureTests {
  @Test(
    "says why and what to do, and ends with the status for it",
    arguments: [
      (.missingAPIKey, .unauthorized, "the daemon asks for an API key; make one with"),
      (
        .invalidAPIKey, .unauthorized, "does not know the API key from CODEX_FLEET_TOKEN, or it was revoked; make a new"
      ),
      (.apiKeyExpired, .unauthorized, "the API key from CODEX_FLEET_TOKEN has expired; make a new one with"),
      (
        RPCError(code: .unauthorized, dataCode: "ip_refused", message: "No", retryable: false), .unauthorized,
        "the daemon refuses: No (ip_refused)"
      ),
      (.serviceUnavailable(), .failed, "Server is draining (service_unavailable); try again in a moment"),
      (.overloaded("Too many connections"), .failed, "Too many connections (overloaded); try again in a moment"),
      (.invalidParams(param: "accountIds", expected: "x"), .failed, "'accountIds': expected x (invalid_params)\n"),
      (
        RPCError(code: -1, dataCode: "", message: "a\u{1B}[2J", retryable: false), .failed,
        "the daemon refuses: a?[2J (-1)\n"
      ),
    ] as [(RPCError, CommandStatus, String)])
  func refused(error: RPCError, status: CommandStatus, message: String) async throws {
    let daemon = try await CannedDaemon(["fleet.summary": .error(error)])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("summary") == status)
    #expect(console.error.hasPrefix("codex-fleet: "))
    #expect(console.error.contains(message))
    #expect(!console.error.contains("sk-test"))
    #expect(console.output.isEmpty)
  }

  @Test("tells a refusal of the whole connection as such")
  func refusedConnection() async throws {
    let line =
      #"{"jsonrpc":"2.0","id":null,"error":{"code":-32003,"message":"Full","data":{"code":"overloaded","retryable":true}}}"#
    let daemon = try await CannedDaemon(["daemon.health": .line(line)])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("health") == .failed)
    #expect(console.error.contains("Full (overloaded); try again"))
  }

  @Test("because nobody listens says where it looked and how to start the daemon", arguments: ["summary", "health"])
  func notRunning(command: String) async {
    let console = TestConsole(environment: ["CODEX_FLEET_TOKEN": "sk-test"])
    #expect(await console.run(command, "--socket", "/tmp/no-such.sock") == .unreachable)
    #expect(
      console.error == """
        codex-fleet: no daemon at /tmp/no-such.sock; start it with "codex-fleetd" or "systemctl start \
        codex-fleet.socket", or name its socket with --socket

        """)
  }

  @Test("because it may not connect says who may")
  func permission() throws {
    let socket = try SocketLookup(given: "/tmp", environment: [:])
    let failure = CommandFailure(.permissionDenied(path: "/tmp"), socket: socket, token: nil)
    #expect(failure.status == .unreachable)
    #expect(failure.message.hasPrefix("you may not connect to /tmp: /tmp belongs to "))
  }

  @Test(
    "because of what the daemon sends is no usage error",
    arguments: [
      (.hangUp, "hung up before it answered"), (.line("nonsense"), "is no daemon this client knows"),
      (.result("[]"), "is no daemon this client knows: 'result' is not an object"),
    ] as [(CannedDaemon.Answer, String)])
  func broken(answer: CannedDaemon.Answer, message: String) async throws {
    let daemon = try await CannedDaemon(["fleet.summary": answer])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("summary") == .failed)
    #expect(console.error.contains(message))
  }
}

@Suite("A command line", .timeLimit(.minutes(5)))
struct CommandLineTests {
  @Test(
    "that is wrong ends with status 2 and how it is used",
    arguments: [["--bogus"], ["bogus"], ["call"], ["summary", "--socket"], ["health", "--account", "a"]])
  func wrong(arguments: [String]) async {
    let console = TestConsole()
    #expect(await ClientProgram.run(arguments, in: console.console) == .usage)
    #expect(console.error.contains("Usage: codex-fleet"))
    #expect(console.output.isEmpty)
  }

  @Test(
    "with a command that there is not says which there are, and which was meant",
    arguments: [
      (["sumary"], "There is no command sumary; did you mean summary? The commands are summary, refresh, watch,"),
      (["help", "sumary"], "There is no command sumary; did you mean summary?"),
      (["--json", "--socket", "/s", "wacth", "-q"], "There is no command wacth; did you mean watch?"),
      (["completion", "bash"], "did you mean completions?"),
      (["x\u{1B}[2J"], "There is no command x?[2J. The commands"),
      ([""], "There is no command ''. The commands"),
    ])
  func unknownCommand(arguments: [String], complaint: String) async {
    let console = TestConsole()
    #expect(await ClientProgram.run(arguments, in: console.console) == .usage)
    #expect(console.error.contains(complaint))
    #expect(!console.error.contains("Unexpected argument") && !console.error.contains("codex-fleet summary"))
  }

  @Test(
    "with another command's option says whose it is",
    arguments: [
      (["summary", "--sort", "name"], "--sort is an option of watch, and summary has none like it"),
      (["--sort=name"], "--sort is an option of watch, and summary has none"),
      (["refresh", "--fail-below", "5"], "--fail-below is an option of summary, and refresh has none"),
    ])
  func foreignOption(arguments: [String], complaint: String) async {
    let console = TestConsole()
    #expect(await ClientProgram.run(arguments, in: console.console) == .usage)
    #expect(console.error.contains(complaint) && !console.error.contains("Did you mean"))
  }

  @Test(
    "with an empty value shows that it is empty",
    arguments: [
      (["--token-file", ""], .unauthorized, "there is no token file at ''"),
      (["--socket", ""], .usage, "'' cannot be a socket"),
    ] as [([String], CommandStatus, String)])
  func emptyValue(arguments: [String], status: CommandStatus, complaint: String) async {
    let console = TestConsole(environment: arguments[0] == "--socket" ? ["CODEX_FLEET_TOKEN": "sk-test"] : [:])
    #expect(await ClientProgram.run(["summary"] + arguments, in: console.console) == status)
    #expect(console.error.contains(complaint))
  }

  @Test(
    "with the key in it is refused without repeating the key",
    arguments: [
      ["--token", "sk-secret"], ["summary", "--token=sk-secret"], ["call", "m", "--token", "sk-secret"], ["--token"],
    ])
  func token(arguments: [String]) async {
    let console = TestConsole(environment: ["CODEX_FLEET_TOKEN": "sk-test"])
    #expect(await ClientProgram.run(arguments, in: console.console) == .usage)
    #expect(console.error.contains("in the list of processes"))
    #expect(console.error.contains("--token-file"))
    #expect(!console.error.contains("sk-secret"))
  }

  @Test("may have the options before the subcommand")
  func order() async throws {
    let daemon = try await CannedDaemon(["daemon.health": .result(#"{"a":1}"#)])
    let console = TestConsole()
    #expect(await console.run("--socket", daemon.path, "--json", "health") == .ok)
    #expect(await console.run("--socket=\(daemon.path)", "--json", "call", "daemon.health") == .ok)
    #expect(console.output == "{\"a\":1}\n{\"a\":1}\n")
  }

  @Test(
    "is reordered only in front of a subcommand",
    arguments: [
      ([], []), (["--json"], ["--json"]), (["--socket", "health"], ["--socket", "health"]),
      (["--socket", "/s", "health", "-q"], ["health", "--socket", "/s", "-q"]), (["--", "health"], ["--", "health"]),
      (["call", "--json", "health"], ["call", "--json", "health"]), (["--help", "call"], ["call", "--help"]),
    ] as [([String], [String])])
  func reordered(given: [String], ordered: [String]) { #expect(ClientCommand.subcommandFirst(given) == ordered) }

  @Test("asking for the version gets it")
  func version() async {
    let console = TestConsole()
    #expect(await console.run("--version") == .ok)
    #expect(console.output == "codex-fleet 0.1.0\n")
  }

  @Test(
    "asking for help gets what is stored",
    arguments: ["", "summary", "refresh", "watch", "health", "stats", "call", "completions"])
  func help(subcommand: String) async throws {
    let console = TestConsole()
    #expect(await ClientProgram.run([subcommand, "--help"].filter { !$0.isEmpty }, in: console.console) == .ok)
    try Snapshot.expect(console.output, subcommand.isEmpty ? "help" : "help-\(subcommand)")
  }

  @Test("ends quietly when its reader goes away")
  func brokenPipe() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    signal(SIGPIPE, SIG_IGN)
    #expect(OutputStream(file: ends[1], environment: [:]).hasReader)
    close(ends[0])
    defer { close(ends[1]) }
    #expect(!OutputStream(file: ends[1], environment: [:]).hasReader)
    guard case .unwanted = OutputStream(file: ends[1], environment: [:]).write("text") else {
      Issue.record("a reader that has gone is no failure")
      return
    }
  }

  @Test("writes nothing into a file of its own that has taken the number of a closed stream")
  func closedStream() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    try #require(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 && fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0)
    guard case .failed("it is closed") = OutputStream(file: ends[1], environment: [:]).write("text") else {
      Issue.record("what is not written is no result")
      return
    }
    var byte: UInt8 = 0
    #expect(read(ends[0], &byte, 1) == -1)
  }

  @Test("tells when its output has no room")
  func fullDisk() throws {
    let file = open("/dev/full", O_WRONLY)
    try #require(file >= 0)
    defer { close(file) }
    guard case .failed(let reason) = OutputStream(file: file, environment: [:]).write("text") else {
      Issue.record("nothing was written")
      return
    }
    #expect(reason == "No space left on device")
  }
}
