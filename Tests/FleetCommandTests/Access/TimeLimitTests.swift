import JSON
import JSONRPC
import NIOConcurrencyHelpers
import Testing

@testable import FleetCommand

@Suite("A daemon that does not answer", .timeLimit(.minutes(5)))
struct TimeLimitTests {
  private static let silence = CannedDaemon.Answer.script { _ in }

  @Test(
    "is given up after the time that an answer may take",
    arguments: [
      (["health"], 10), (["summary"], 30), (["summary", "--account", "work"], 30), (["stats"], 30), (["refresh"], 30),
      (["call", "m"], 30), (["call", "fleet.refresh"], 610), (["watch", "--format", "jsonl"], 30),
      (["health", "--timeout", "3600"], 3_600), (["--timeout", "20", "summary"], 20),
      (["refresh", "--json", "--timeout=20"], 30),
    ] as [([String], Int64)])
  func silence(arguments: [String], seconds: Int64) async throws {
    let methods = ["daemon.health", "daemon.stats", "fleet.summary", "fleet.refresh", "fleet.subscribe", "m"]
    let daemon = try await CannedDaemon(Dictionary(uniqueKeysWithValues: methods.map { ($0, Self.silence) }))
    let limits = NIOLockedValueBox<[Duration]>([])
    let console = TestConsole(
      environment: .with(daemon), limit: { limit in limits.withLockedValue { $0.append(limit) } })
    #expect(await ClientProgram.run(arguments, in: console.console) == .unreachable)
    #expect(limits.withLockedValue { $0 } == [.seconds(seconds)])
    let complaint = """
      codex-fleet: the daemon at \(daemon.path) does not answer (within \(DurationWords.full(seconds))); look at its log \
      and start it anew if it hangs, or give it more time with --timeout

      """
    #expect(console.error == complaint)
  }

  @Test("on a terminal is given up before a refresh is begun")
  func progress() async throws {
    let daemon = try await CannedDaemon(["fleet.subscribe": Self.silence])
    let console = TestConsole(showsErrors: true, environment: .with(daemon), limit: { _ in })
    #expect(await console.run("refresh") == .unreachable)
    #expect(daemon.params(of: "fleet.refresh").isEmpty)
  }

  @Test("is another one than one whose refresh takes long, which goes on")
  func longRefresh() async throws {
    let daemon = try await CannedDaemon([
      "fleet.summary": .result(Fleets.mixed), "fleet.refresh": .error(.deadlineExceeded),
    ])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("refresh", "--timeout", "15") == .failed)
    #expect(daemon.params(of: "fleet.refresh") == [["timeoutMs": 15_000, "token": "sk-test"]])
    #expect(console.error.contains("took longer than it may, and goes on in the daemon"))
  }

  @Test("gets whole seconds, up to a day", arguments: ["0", "-5", "1.5", "86401", "soon", ""])
  func wrong(seconds: String) async {
    let console = TestConsole()
    #expect(await console.run("health", "--timeout", seconds) == .usage)
    #expect(console.error.contains("a whole number of seconds from 1 to 86400, such as 30"))
  }
}
