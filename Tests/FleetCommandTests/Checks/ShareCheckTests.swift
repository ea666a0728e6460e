import JSON
import JSONRPC
import Testing

@testable import FleetCommand

@Suite("summary --fail-below", .timeLimit(.minutes(5)))
struct ShareCheckTests {
  @Test(
    "fails when a window of an account that is in use has less left, and names it",
    arguments: [
      ("0", .ok, ""), ("40", .ok, ""), ("40.5", .failed, "below 40.5 %: c (40 %)"),
      ("64", .failed, "below 64 %: c (40 %)"), ("65", .failed, "below 65 %: a (64 %), c (40 %)"),
    ] as [(String, CommandStatus, String)])
  func shares(percent: String, status: CommandStatus, complaint: String) async throws {
    let daemon = try await daemon([
      Fleets.account("1", name: "a"), Fleets.account("2", name: "b", secondary: Fleets.blank),
      Fleets.account("3", name: "c", status: "rate_limited", primary: Fleets.window(40, nil, 300)),
      Fleets.account("4", name: "d", status: "paused", primary: Fleets.window(1, nil, 300)),
      Fleets.account("5", name: "e", status: "deactivated", primary: Fleets.window(1, nil, 300)),
      Fleets.account("6", name: "f", status: "reauth_required", primary: Fleets.window(1, nil, 300)),
      Fleets.account("7", name: "g", primary: Fleets.blank, secondary: Fleets.blank),
    ])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("summary", "--fail-below", percent) == status)
    #expect(console.error == (complaint.isEmpty ? "" : "codex-fleet: \(complaint)\n"))
    #expect(console.output.hasPrefix("ACCOUNT"))
  }

  @Test("counts the month of an account that has nothing else")
  func month() async throws {
    let daemon = try await CannedDaemon(["fleet.summary": .result(Fleets.monthly)])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("--fail-below", "1", "--quiet") == .failed)
    #expect(console.error == "codex-fleet: below 1 %: trial (<1 %)\n")
  }

  @Test("fails when there is nothing to compare: a check that cannot fail checks nothing")
  func nothing() async throws {
    let blank = Fleets.account("1", name: "a", primary: Fleets.blank, secondary: Fleets.blank)
    for accounts in [[], [blank], [Fleets.account("2", name: "b", status: "paused")]] {
      let daemon = try await daemon(accounts)
      let console = TestConsole(environment: .with(daemon))
      #expect(await console.run("summary", "--fail-below", "20") == .failed)
      #expect(console.error == "codex-fleet: no share to compare with 20 %\n")
    }
  }

  @Test("fails when an account that was asked for cannot be seen")
  func missing() async throws {
    let daemon = try await daemon([Fleets.account("1", name: "a")])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("summary", "--fail-below", "20", "--account", "1", "--account", "9") == .failed)
    #expect(console.error == "codex-fleet: not visible to this key: 9\n")
  }

  @Test("goes with every format", arguments: ["json", "jsonl", "csv", "prometheus", "table"])
  func formats(format: String) async throws {
    let daemon = try await daemon([Fleets.account("1", name: "bad\u{1B}name")])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("summary", "--fail-below", "65", "--format", format) == .failed)
    #expect(console.error == "codex-fleet: below 65 %: bad?name (64 %)\n")
    #expect(!console.output.isEmpty)
  }

  @Test("takes a number from 0 to 100", arguments: ["x", "-1", "100.1", "20%", "nan", "inf", "1e3"])
  func wrong(percent: String) async {
    let console = TestConsole()
    #expect(await console.run("summary", "--fail-below=\(percent)") == .usage)
    #expect(await console.run("summary", "--fail-below", percent) == .usage)
    #expect(console.error.ranges(of: "a number from 0 to 100, such as 20").count == 2)
  }

  private func daemon(_ accounts: [String]) async throws -> CannedDaemon {
    try await CannedDaemon(["fleet.summary": .result(Fleets.summary(accounts))])
  }
}
