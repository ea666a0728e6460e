import JSON
import JSONRPC
import Testing

@testable import FleetCommand

@Suite("codex-fleet call", .timeLimit(.minutes(5)))
struct CallCommandTests {
  @Test(
    "adds the key to the params, unless they have one or none is needed",
    arguments: [
      (["fleet.summary"], ["token": "sk-test"]),
      (["fleet.summary", "{}"], ["token": "sk-test"]),
      (["fleet.summary", #"{"accountIds":["a"],"x":1.5}"#], ["accountIds": ["a"], "x": 1.5, "token": "sk-test"]),
      (["fleet.summary", #"{"token":null}"#], ["token": .null]),
      (["daemon.health"], [:]),
      (["rpc.discover"], [:]),
    ] as [([String], JSONObject)])
  func params(arguments: [String], params: JSONObject) async throws {
    let daemon = try await CannedDaemon([arguments[0]: .result(#"{"ok":true}"#)])
    let console = TestConsole(environment: .with(daemon))
    #expect(await ClientProgram.run(["call"] + arguments, in: console.console) == .ok)
    #expect(console.output == "{\"ok\":true}\n")
    #expect(daemon.params(of: arguments[0]) == [params])
  }

  @Test(
    "reads the params from standard input when asked to",
    arguments: [
      (" \n", ["token": "sk-test"]), ("{\"a\":1}\n", ["a": 1, "token": "sk-test"]),
      (#"{"token":"sk-own"}"#, ["token": "sk-own"]),
    ] as [(String, JSONObject)])
  func input(input: String, params: JSONObject) async throws {
    let daemon = try await CannedDaemon(["m": .result("1")])
    let console = TestConsole(environment: .with(daemon), input: input)
    #expect(await console.run("call", "m", "-") == .ok)
    #expect(daemon.params(of: "m") == [params])
  }

  @Test(
    "with params that are no JSON object is wrong usage, told with the position",
    arguments: [
      (#"{"a":"#, "the text ends before the value does (at byte 5)"), ("[]", "must be a JSON object"),
      ("", "the text is empty (at byte 0)"), (#"{"a":1,"a":2}"#, "two members of the same name"),
      (#"{"token":"sk-secret""#, "the text ends before the value does"),
    ])
  func malformed(params: String, complaint: String) async throws {
    let console = TestConsole(environment: ["CODEX_FLEET_SOCKET": "/nowhere.sock"])
    #expect(await console.run("call", "m", params) == .usage)
    #expect(console.error.contains(complaint))
    #expect(!console.error.contains("sk-secret"))
  }

  @Test(
    "with a key in params on the command line is wrong usage, told with the cure and without the key",
    arguments: [
      #"{"token":"sk-secret"}"#, #"{"accountIds":["a"],"token":["sk-secret"]}"#, #"{"\u0074oken":"sk-secret"}"#,
    ])
  func tokenOnCommandLine(params: String) async throws {
    let daemon = try await CannedDaemon(["fleet.summary": .result("1")])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("call", "fleet.summary", params) == .usage)
    for cure in ["in the list of processes", "CODEX_FLEET_TOKEN", "--token-file", "standard input"] {
      #expect(console.error.contains(cure))
    }
    #expect(!console.error.contains("sk-secret") && console.output.isEmpty && daemon.requests.isEmpty)
  }

  @Test("needs no key for methods that are open to all")
  func keyless() async throws {
    let daemon = try await CannedDaemon(["daemon.health": .result("{}")])
    let console = TestConsole(environment: ["CODEX_FLEET_SOCKET": daemon.path])
    #expect(await console.run("call", "daemon.health") == .ok)
    #expect(await console.run("call", "fleet.summary") == .unauthorized)
  }
}

@Suite("codex-fleet health", .timeLimit(.minutes(5)))
struct HealthCommandTests {
  @Test("tells how the daemon is, without a key", arguments: ["ok", "draining"])
  func health(status: String) async throws {
    let result = #"{"status":"\#(status)","version":"0.1.0","protocolVersion":1}"#
    let daemon = try await CannedDaemon(["daemon.health": .result(result)])
    let console = TestConsole(environment: ["CODEX_FLEET_SOCKET": daemon.path])
    #expect(await console.run("health") == .ok)
    #expect(console.output == "\(status), codex-fleetd 0.1.0, protocol 1\n")
    #expect(await console.run("health", "--json") == .ok)
    #expect(console.output.hasSuffix(result + "\n"))
    #expect(daemon.params(of: "daemon.health") == [[:], [:]])
  }
}
