import JSON
import JSONRPC
import Testing

@testable import FleetCommand

@Suite("codex-fleet summary", .timeLimit(.minutes(5)))
struct SummaryCommandTests {
  @Test("prints the table, also without being named")
  func table() async throws {
    let daemon = try await CannedDaemon(["fleet.summary": .result(Fleets.mixed)])
    let (named, unnamed) = (TestConsole(environment: .with(daemon)), TestConsole(environment: .with(daemon)))
    #expect(await named.run("summary") == .ok)
    #expect(await unnamed.run() == .ok)
    try Snapshot.expect(named.output, "summary-piped")
    #expect(unnamed.output == named.output)
    #expect(named.error.isEmpty)
    #expect(daemon.params(of: "fleet.summary") == [["token": "sk-test"], ["token": "sk-test"]])
  }

  @Test("draws for the terminal it is on")
  func terminal() async throws {
    let daemon = try await CannedDaemon(["fleet.summary": .result(Fleets.mixed)])
    let console = TestConsole(columns: 200, environment: .with(daemon, ["LANG": "C.UTF-8"]))
    #expect(await console.run("summary") == .ok)
    try Snapshot.expect(console.output, "summary-200-color")
    let colorless = TestConsole(columns: 200, environment: .with(daemon, ["LANG": "C.UTF-8"]))
    #expect(await colorless.run("summary", "--no-color") == .ok)
    try Snapshot.expect(colorless.output, "summary-200")
  }

  @Test("prints the result as it was received, members it does not know included")
  func json() async throws {
    let result = #"{"zebra":[1,1.5,null],"accounts":[],"generatedAt":"2026-11-24T12:00:00Z","apple":{"b":1,"a":"é"}}"#
    let daemon = try await CannedDaemon(["fleet.summary": .result(result)])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("summary", "--json") == .ok)
    #expect(console.output == result + "\n")
  }

  @Test("lays JSON out on a terminal and lets nothing in it steer")
  func prettyJSON() async throws {
    let daemon = try await CannedDaemon(["fleet.summary": .result("{\"a\":[1,\"\u{9B}2J\"]}")])
    let console = TestConsole(columns: 80, environment: .with(daemon))
    #expect(await console.run("--json") == .ok)
    #expect(console.output == "{\n  \"a\": [\n    1,\n    \"\\u009b2J\"\n  ]\n}\n")
  }

  @Test(
    "asks for the accounts given, and says once in every format which of them are not to be seen",
    arguments: SummaryFormat.allCases)
  func narrowed(format: SummaryFormat) async throws {
    let daemon = try await CannedDaemon(["fleet.summary": .result(Fleets.summary(Fleets.account("a", name: "work")))])
    let console = TestConsole(environment: .with(daemon))
    let given = ["a", "b\u{7}", "c", "b\u{7}", ""]
    let arguments = ["summary", "--format", format.rawValue] + given.flatMap { ["--account", $0] }
    #expect(await ClientProgram.run(arguments, in: console.console) == .ok)
    #expect(
      daemon.params(of: "fleet.summary") == [
        ["token": "sk-test"], ["accountIds": ["a", "b\u{7}", "c", ""], "token": "sk-test"],
      ])
    #expect(console.error == "codex-fleet: not visible to this key: b?, c, ''\n")
  }

  @Test("prints nothing but the table when quiet")
  func quiet() async throws {
    let daemon = try await CannedDaemon(["fleet.summary": .result(Fleets.summary(Fleets.account("a", name: "work")))])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("summary", "--quiet", "--account", "a", "--account", "b") == .ok)
    #expect(console.output.split(separator: "\n").count == 2)
    #expect(console.error.isEmpty)
  }

  @Test("says what to do about an empty fleet", arguments: [[], ["--quiet"]])
  func empty(arguments: [String]) async throws {
    let daemon = try await CannedDaemon(["fleet.summary": .result(Fleets.summary())])
    let console = TestConsole(environment: .with(daemon))
    #expect(await ClientProgram.run(["summary"] + arguments, in: console.console) == .ok)
    #expect(console.output.hasPrefix("No accounts. Take one from a Codex CLI with"))
  }

  @Test("names both causes of hidden usage")
  func hiddenUsage() async throws {
    let hidden = Fleets.account(
      "a", name: "work", primary: Fleets.blank, secondary: Fleets.blank, login: nil, sample: nil)
    let daemon = try await CannedDaemon(["fleet.summary": .result(Fleets.summary(hidden))])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("summary") == .ok)
    #expect(console.output.hasSuffix("this key may not see it, or the store's settings hide it from every key.\n"))
  }

  @Test("fails when its output cannot be written")
  func unwritable() async throws {
    let daemon = try await CannedDaemon(["fleet.summary": .result(Fleets.mixed)])
    let console = TestConsole(environment: .with(daemon), writing: .failed("No space left on device"))
    #expect(await console.run("summary") == .failed)
    #expect(console.error == "codex-fleet: cannot write the output: No space left on device\n")
  }

  @Test("warns of a token file that is open to others, unless quiet")
  func openTokenFile() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("sk-file\n", to: "key", mode: 0o644)
    let daemon = try await CannedDaemon(["fleet.summary": .result(Fleets.mixed)])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("summary", "--token-file", file) == .ok)
    #expect(console.error.hasPrefix("codex-fleet: warning: every user of this machine can read the token file"))
    #expect(daemon.params(of: "fleet.summary") == [["token": "sk-file"]])
    let quiet = TestConsole(environment: .with(daemon))
    #expect(await quiet.run("summary", "-q", "--token-file", file) == .ok)
    #expect(quiet.error.isEmpty)
  }
}
