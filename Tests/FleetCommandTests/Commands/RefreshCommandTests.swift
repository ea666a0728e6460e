import FleetTestSupport
import Foundation
import JSON
import JSONRPC
import NIOConcurrencyHelpers
import Testing

@testable import FleetCommand

@Suite("codex-fleet refresh", .timeLimit(.minutes(5)))
struct RefreshCommandTests {
  @Test("shows the outcomes with the accounts' names, and that some have failed")
  func outcomes() async throws {
    let daemon = try await CannedDaemon([
      "fleet.refresh": .result(Fleets.refresh(Fleets.outcomes)), "fleet.summary": .result(Fleets.mixed),
    ])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("refresh") == .partlyFailed)
    try Snapshot.expect(console.output, "refresh-command")
    #expect(console.error.isEmpty)
  }

  @Test("has the names also when the daemon stops after the refresh")
  func stopping() async throws {
    let daemon = try await CannedDaemon([
      "fleet.refresh": .lastly(.result(Fleets.refresh(Fleets.outcomes))), "fleet.summary": .result(Fleets.mixed),
    ])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("refresh") == .partlyFailed)
    try Snapshot.expect(console.output, "refresh-command")
    #expect(daemon.requests.map(\.method) == ["fleet.summary", "fleet.refresh"])
  }

  @Test("does without names when there are none to be had")
  func nameless() async throws {
    let daemon = try await CannedDaemon([
      "fleet.refresh": .result(Fleets.refresh([Fleets.outcomes[0]])),
      "fleet.summary": .error(.storeUnavailable("The store is busy")),
    ])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("refresh") == .ok)
    #expect(console.output == "ACCOUNT  OUTCOME  SAMPLE\na1       written  just now\n\n1 written\n")
    #expect(daemon.params(of: "fleet.refresh") == [["timeoutMs": 600_000, "token": "sk-test"]])
  }

  @Test(
    "is of the accounts that are named, by whatever the tables show of them",
    arguments: ["a1", "A1@Example.com", "work"])
  func narrowed(account: String) async throws {
    let daemon = try await CannedDaemon([
      "fleet.refresh": .result(Fleets.refresh([Fleets.outcomes[0]])), "fleet.summary": .result(Fleets.mixed),
    ])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("refresh", "--account", account, "--timeout", "15") == .ok)
    #expect(console.output == "ACCOUNT  OUTCOME  SAMPLE\nwork     written  just now\n\n1 written\n")
    #expect(daemon.params(of: "fleet.summary") == [["token": "sk-test"]])
    #expect(
      daemon.params(of: "fleet.refresh") == [["accountIds": ["a1"], "timeoutMs": 15_000, "token": "sk-test"]])
  }

  @Test(
    "tells by its status whether accounts have failed",
    arguments: [
      ("written", .ok), ("fresh", .ok), ("skipped", .ok), ("failed", .partlyFailed),
      ("rejected", .partlyFailed), ("coolingDown", .partlyFailed),
    ] as [(String, CommandStatus)], [[], ["--json"], ["--quiet"]])
  func status(outcome: (String, CommandStatus), arguments: [String]) async throws {
    let result = Fleets.refresh([#"{"accountId":"a","outcome":"\#(outcome.0)"}"#])
    let daemon = try await CannedDaemon(["fleet.refresh": .result(result), "fleet.summary": .result(Fleets.mixed)])
    let console = TestConsole(environment: .with(daemon))
    #expect(await ClientProgram.run(["refresh"] + arguments, in: console.console) == outcome.1)
    if arguments == ["--json"] {
      #expect(console.output == result + "\n")
      #expect(daemon.requests.map(\.method) == ["fleet.refresh"])
    }
  }

  @Test(
    "fails for accounts that are not to be seen, and names them once, in every format",
    arguments: RefreshFormat.allCases, [[], ["--quiet"]])
  func missing(format: RefreshFormat, arguments: [String]) async throws {
    let daemon = try await CannedDaemon([
      "fleet.refresh": .result(Fleets.refresh([Fleets.outcomes[0]])), "fleet.summary": .result(Fleets.mixed),
    ])
    let console = TestConsole(environment: .with(daemon))
    let given = ["a1", "b", "b"].flatMap { ["--account", $0] }
    let status = await ClientProgram.run(
      ["refresh", "--format", format.rawValue] + given + arguments, in: console.console)
    #expect(status == .partlyFailed)
    #expect(console.error == "codex-fleet: not visible to this key: b\n")
  }

  @Test("says so when there is nothing to refresh")
  func empty() async throws {
    let daemon = try await CannedDaemon([
      "fleet.refresh": .result(Fleets.refresh([])), "fleet.summary": .result(Fleets.summary()),
    ])
    let console = TestConsole(environment: .with(daemon))
    #expect(await console.run("refresh") == .ok)
    #expect(console.output == "No accounts to refresh: this key sees none.\n")
    let narrowed = TestConsole(environment: .with(daemon))
    #expect(await narrowed.run("refresh", "--account", "nope") == .partlyFailed)
    #expect(narrowed.output == "No accounts to refresh: this key sees none of those that were asked for.\n")
    #expect(narrowed.error == "codex-fleet: not visible to this key: nope\n")
  }

  @Test("shows on a terminal that it waits, and leaves nothing of that behind", arguments: [[], ["--json"]])
  func progress(arguments: [String]) async throws {
    let gate = Gate()
    let daemon = try await CannedDaemon([
      "fleet.refresh": .gated(gate, .result(Fleets.refresh([Fleets.outcomes[0]]))),
      "fleet.summary": .result(Fleets.mixed),
    ])
    // The daemon answers when three frames have been drawn; until then time goes by at once.
    let frames = NIOLockedValueBox(0)
    let elapsed = NIOLockedValueBox(Duration.zero)
    let console = TestConsole(
      showsErrors: true, environment: .with(daemon, ["LANG": "C.UTF-8"]),
      uptime: { elapsed.withLockedValue { $0 } },
      pause: { duration in
        if frames.withLockedValue({ $0 }) == 3 {
          await Gate().passage()
          throw CancellationError()
        }
        elapsed.withLockedValue { $0 += duration * 4 }
      },
      onError: { _ in
        if frames.withLockedValue({
          $0 += 1; return $0
        }) == 3 {
          gate.open()
        }
      })
    #expect(await ClientProgram.run(["refresh"] + arguments, in: console.console) == .ok)
    #expect(
      console.error == "\r⠇ refreshing 0 s\u{1B}[K\r⠹ refreshing 1 s\u{1B}[K\r⠦ refreshing 1 s\u{1B}[K\r\u{1B}[K")
  }

  @Test("shows on a terminal whose sample has come, account by account")
  func accounts() async throws {
    let gate = Gate()
    let subscriber = NIOLockedValueBox<CannedDaemon.Call?>(nil)
    let daemon = try await CannedDaemon([
      "fleet.subscribe": .script { call in
        subscriber.withLockedValue { $0 = call }
        call.begin([Fleets.account("a1", name: "work"), Fleets.account("a2", name: "home")])
      },
      "fleet.refresh": .script { call in
        // Told any earlier, it would be part of what was there before.
        let change = Fleets.account("a2", name: "home", sample: "2026-11-24T12:00:00Z")
        subscriber.withLockedValue { $0 }?.tell([change])
        Task {
          await gate.passage()
          call.answer(Fleets.refresh([Fleets.outcomes[0], Fleets.outcomes[1]]))
        }
      },
    ])
    // Of those that are alike one behind the other, one.
    let drawings = NIOLockedValueBox<[String]>([])
    let console = TestConsole(
      columns: 60, rows: 24, showsErrors: true, environment: .with(daemon, ["LANG": "C.UTF-8", "NO_COLOR": "1"]),
      // Whoever hears what has come needs a turn, too.
      pause: { _ in
        await Task.yield()
        try Task.checkCancellation()
      },
      onError: { text in
        drawings.withLockedValue { if $0.last != text { $0.append(text) } }
        if text.contains("fresh:") { gate.open() }
      })
    #expect(await console.run("refresh") == .ok)
    var screen = TerminalScreen(columns: 60, rows: 24)
    var shown: Set<[String]> = []
    for drawing in drawings.withLockedValue({ $0 }) {
      screen.feed(Array(drawing.utf8))
      shown.insert(Array(screen.lines.prefix(3)))
    }
    #expect(shown.contains(["⠋ refreshing 1 of 2, 0 s", "  work  …", "  home  fresh: 64 %"]))
    #expect(screen.lines.allSatisfy(\.isEmpty) && screen.unknown.isEmpty)
    #expect(console.output.contains("\nhome     still fresh"))
    #expect(
      Set(daemon.requests.map { $0.method }).isSubset(of: ["fleet.subscribe", "fleet.refresh", "fleet.unsubscribe"]))
  }

  @Test(
    "shows no progress where nobody would see it",
    arguments: [(false, [], [:]), (true, ["--quiet"], [:]), (true, [], ["TERM": "dumb"])]
      as [(Bool, [String], [String: String])])
  func noProgress(showsErrors: Bool, arguments: [String], environment: [String: String]) async throws {
    let daemon = try await CannedDaemon([
      "fleet.refresh": .result(Fleets.refresh([Fleets.outcomes[0]])), "fleet.summary": .result(Fleets.mixed),
    ])
    let console = TestConsole(
      showsErrors: showsErrors, environment: .with(daemon, environment),
      pause: { _ in Issue.record("waits to draw something") })
    #expect(await ClientProgram.run(["refresh"] + arguments, in: console.console) == .ok)
    #expect(console.error.isEmpty)
  }

  @Test("erases its progress when the call fails, too")
  func progressOfFailure() async throws {
    let gate = Gate()
    let daemon = try await CannedDaemon(["fleet.refresh": .gated(gate, .error(.serviceUnavailable()))])
    let isDrawn = NIOLockedValueBox(false)
    let console = TestConsole(
      showsErrors: true, environment: .with(daemon),
      pause: { _ in
        guard isDrawn.withLockedValue({ $0 }) else { return }
        await Gate().passage()
        throw CancellationError()
      },
      onError: { _ in
        isDrawn.withLockedValue { $0 = true }
        gate.open()
      })
    #expect(await console.run("refresh") == .failed)
    #expect(console.error.hasPrefix("\r| refreshing 0 s\u{1B}[K\r\u{1B}[Kcodex-fleet: the daemon refuses: Server"))
  }
}
