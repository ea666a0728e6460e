import JSON
import JSONRPC
import NIOConcurrencyHelpers
import Testing

@testable import FleetCommand

@Suite("codex-fleet watch --format jsonl", .timeLimit(.minutes(1)))
struct WatchLinesTests {
  /// Attempts follow each other at once; for a look at the reader the time never comes.
  private static let pause: @Sendable (Duration) async throws -> Void = { duration in
    guard duration >= .seconds(1) else { return }
    await Gate().passage()
    throw CancellationError()
  }

  @Test("prints a line for each change, and after a lost connection all accounts and those that are gone")
  func lines() async throws {
    let round = NIOLockedValueBox(0)
    let daemon = try await CannedDaemon([
      "fleet.subscribe": .script { call in
        let number = round.next()
        guard number == 1 else { return call.begin([#"{"accountId":"b"}"#]) }
        call.begin([Fleets.account("a", name: "work"), Fleets.account("b", name: "home")])
        call.hangUp()
      }
    ])
    let console = TestConsole(environment: .with(daemon), pause: Self.pause)
    #expect(await console.run("watch", "--format", "jsonl") == .failed)
    let lines = try console.output.split(separator: "\n").map { try JSONReader.parse(Array($0.utf8)) }
    #expect(lines.count == 1)
    #expect(lines.first?["accounts"]?[1]?["email"] == "b@example.com" && lines.first?["removed"] == [])
    #expect(lines.first?["generatedAt"] == "2026-11-24T12:00:00Z")
    #expect(console.error.contains("disconnected, trying again in 1 s: the daemon hung up"))
    #expect(console.error.contains("'displayName' is missing"))
  }

  @Test("tells who went while it was disconnected")
  func removed() async throws {
    let round = NIOLockedValueBox(0)
    let daemon = try await CannedDaemon([
      "fleet.subscribe": .script { call in
        let number = round.next()
        call.begin([Fleets.account(number == 1 ? "a" : "b", name: "work")])
        if number == 1 { call.hangUp() } else { call.end() }
      }
    ])
    let console = TestConsole(environment: .with(daemon), pause: Self.pause)
    #expect(await console.run("watch", "--format", "jsonl", "-q") == .unauthorized)
    let lines = try console.output.split(separator: "\n").map { try JSONReader.parse(Array($0.utf8)) }
    #expect(lines.map { $0["removed"] } == [[], ["a"]])
    #expect(!console.error.contains("disconnected"))
  }

  @Test("says once which accounts are not to be seen, unless quiet", arguments: [[], ["-q"]])
  func missing(arguments: [String]) async throws {
    let round = NIOLockedValueBox(0)
    let daemon = try await CannedDaemon([
      "fleet.summary": .result(Fleets.summary(Fleets.account("a", name: "work"))),
      "fleet.subscribe": .script { call in
        call.begin([Fleets.account("a", name: "work")])
        if round.withLockedValue({ round in
          round += 1
          return round
        }) == 1 {
          call.hangUp()
        } else {
          call.end()
        }
      },
    ])
    let console = TestConsole(environment: .with(daemon), pause: Self.pause)
    let status = await ClientProgram.run(
      ["watch", "--format", "jsonl", "--account", "a", "--account", "b"] + arguments, in: console.console)
    #expect(status == .unauthorized)
    let complaints = console.error.split(separator: "\n").filter { $0 == "codex-fleet: not visible to this key: b" }
    #expect(complaints.count == (arguments.isEmpty ? 1 : 0))
  }

  @Test("ends when its reader has gone, also when nothing changes")
  func idleReader() async throws {
    let daemon = try await CannedDaemon(["fleet.subscribe": .script { $0.begin([Fleets.account("a", name: "work")]) }])
    let looks = NIOLockedValueBox(0)
    let console = TestConsole(
      environment: .with(daemon), pause: { _ in await Task.yield() }, hasReader: { looks.next() < 3 })
    #expect(await console.run("watch", "--format", "jsonl") == .ok)
    #expect(looks.withLockedValue { $0 } == 3)
  }

  @Test("ends quietly when its reader goes away, and aloud when its output has no room")
  func reader() async throws {
    let daemon = try await CannedDaemon(["fleet.subscribe": .script { $0.begin([Fleets.account("a", name: "work")]) }])
    let console = TestConsole(environment: .with(daemon), writing: .unwanted)
    #expect(await console.run("watch", "--format", "jsonl") == .ok)
    let full = TestConsole(environment: .with(daemon), writing: .failed("No space left on device"))
    #expect(await full.run("watch", "--format", "jsonl") == .failed)
    #expect(full.error == "codex-fleet: cannot write the output: No space left on device\n")
  }
}
