import JSON
import JSONRPC
import Testing

@testable import FleetCommand

@Suite("The formats", .timeLimit(.minutes(5)))
struct FormatTests {
  @Test("of a summary look as stored", arguments: ["csv", "prometheus", "jsonl"])
  func summary(format: String) async throws {
    let daemon = try await CannedDaemon(["fleet.summary": .result(Fleets.widest)])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("summary", "--format", format) == .ok)
    try Snapshot.expect(console.output, "summary-\(format)")
  }

  @Test("of a refresh look as stored", arguments: ["csv", "jsonl"])
  func refresh(format: String) async throws {
    let daemon = try await CannedDaemon(["fleet.refresh": .result(Fleets.refresh(Fleets.outcomes))])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("refresh", "--format", format) == .partlyFailed)
    try Snapshot.expect(console.output, "refresh-\(format)")
    #expect(daemon.requests.map(\.method) == ["fleet.refresh"])
  }

  @Test(
    "show a share beyond 0 to 100 as the nearer end where people look, and as it was received in JSON",
    arguments: [
      ("csv", "active,plus,100.0,"), ("csv", ",300,0.0,"), ("table", "100 %"), ("prometheus", #"window="primary"} 1"#),
      ("jsonl", #""remainingPercent":250.5"#), ("json", #""remainingPercent":-3"#),
    ])
  func shares(format: String, expected: String) async throws {
    let account = Fleets.account(
      "a", name: "work", primary: #"{"remainingPercent":250.5,"resetAt":null,"windowMinutes":300}"#,
      secondary: #"{"remainingPercent":-3,"resetAt":null,"windowMinutes":10080}"#)
    let daemon = try await CannedDaemon(["fleet.summary": .result(Fleets.summary(account))])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("summary", "--format", format) == .ok)
    #expect(console.output.contains(expected), "\(console.output)")
  }

  @Test("print JSON lines as they were received, members they do not know included")
  func received() async throws {
    let daemon = try await CannedDaemon(["fleet.summary": .result(#"{"accounts":[{"new":[1]},{"b":null}],"x":1}"#)])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("--format", "jsonl") == .ok)
    #expect(console.output == "{\"new\":[1]}\n{\"b\":null}\n")
  }

  @Test("are a table unless asked for otherwise, and --json is short for one of them")
  func choice() async throws {
    let daemon = try await CannedDaemon(["fleet.summary": .result(Fleets.monthly)])
    var outputs: [String] = []
    for arguments in [[], ["--format", "table"], ["--json"], ["--format", "json"], ["--json", "--format", "json"]] {
      let console = TestConsole(environment: .with(daemon))
      #expect(await ClientProgram.run(["summary"] + arguments, in: console.console) == .ok)
      outputs.append(console.output)
    }
    #expect(outputs[0].hasPrefix("ACCOUNT") && outputs[1] == outputs[0])
    #expect(outputs[2] == Fleets.monthly + "\n" && outputs[3] == outputs[2] && outputs[4] == outputs[2])
  }

  @Test(
    "that a command does not have are wrong usage",
    arguments: [
      ["summary", "--format", "xml"], ["refresh", "--format", "prometheus"], ["summary", "--json", "--format", "csv"],
      ["watch", "--format", "json"],
    ])
  func wrong(arguments: [String]) async {
    let console = TestConsole()
    #expect(await ClientProgram.run(arguments, in: console.console) == .usage)
    #expect(console.error.contains("Usage: codex-fleet"))
  }

  @Test("steer no terminal", arguments: ["csv", "prometheus", "jsonl"])
  func steering(format: String) async throws {
    let daemon = try await CannedDaemon(["fleet.summary": .result(Fleets.mixed)])
    let console = TestConsole(columns: 80, environment: .with(daemon))
    #expect(await console.run("summary", "--format", format) == .ok)
    #expect(!console.output.contains("\u{1B}") && !console.output.contains("\u{202E}"))
    #expect(console.output.contains(format == "jsonl" ? "bad\\u001b[31m" : "bad?[31m?na?me"))
  }

  @Test("of a result with another shape are not guessed", arguments: ["csv", "prometheus", "jsonl", "table"])
  func shapes(format: String) async throws {
    let daemon = try await CannedDaemon(["fleet.summary": .result(#"{"accounts":1}"#)])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("summary", "--format", format) == .failed)
    #expect(console.error.contains("'accounts' is not an array"))
  }
}
