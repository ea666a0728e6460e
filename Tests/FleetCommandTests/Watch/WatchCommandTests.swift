import JSON
import JSONRPC
import NIOConcurrencyHelpers
import Testing

@testable import FleetCommand

@Suite("codex-fleet watch", .timeLimit(.minutes(1)))
struct WatchCommandTests {
  private let terminal = TestTerminal(columns: 80, rows: 8)

  @Test("shows the accounts as they change, until it is told to quit")
  func watching() async throws {
    let opened = NIOLockedValueBox<CannedDaemon.Call?>(nil)
    let accounts = [Fleets.account("a", name: "work"), Fleets.account("b", name: "home")]
    let daemon = try await CannedDaemon([
      "fleet.summary": .result(Fleets.summary(accounts)),
      "fleet.subscribe": .script { call in
        opened.withLockedValue { $0 = call }
        call.begin(accounts)
      },
    ])
    let console = console(daemon)
    async let status = console.run("watch", "--account", "work", "--account", "b@example.com")
    await terminal.wait { $0.contains { $0.hasPrefix("  work ") } }
    #expect(terminal.lines[0].hasPrefix("codex-fleet · 2 accounts · 2 usable · lowest 64 %"))
    opened.withLockedValue { $0 }?.tell([Fleets.account("c", name: "third", secondary: Fleets.window(3, nil, 10_080))])
    await terminal.wait { $0.contains { $0.hasPrefix("  third ") } }
    #expect(terminal.lines[0].contains("3 accounts · 3 usable · lowest 3 % (third)"))
    opened.withLockedValue { $0 }?.tell([], removed: ["c"])
    await terminal.wait { !$0.contains { $0.contains("third") } }
    terminal.type(.character("q"))
    #expect(await status == .ok)
    #expect(terminal.deeds == ["take", "give back"])
    #expect(daemon.params(of: "fleet.subscribe") == [["accountIds": ["a", "b"], "token": "sk-test"]])
    #expect(console.output.isEmpty && console.error.isEmpty)
  }

  @Test("refreshes when asked to, and shows what came of it")
  func refreshing() async throws {
    let gate = Gate()
    let daemon = try await CannedDaemon([
      "fleet.subscribe": .script { $0.begin([Fleets.account("a1", name: "work"), Fleets.account("a7", name: "old")]) },
      "fleet.refresh": .gated(gate, .result(Fleets.refresh([Fleets.outcomes[0], Fleets.outcomes[6]]))),
    ])
    async let status = console(daemon).run("watch")
    await terminal.wait { $0.contains { $0.hasPrefix("  work ") } }
    terminal.type(.character("r"))
    await terminal.wait { $0.contains { $0.hasPrefix("refreshing 0 of 2") } && $0.contains { $0.hasPrefix("· work ") } }
    gate.open()
    await terminal.wait { $0.contains { $0.hasPrefix("✓ work ") } && $0.contains { $0.hasPrefix("✗ old ") } }
    #expect(terminal.lines[6].contains("1 written, 1 failed; old failed: upstream timed out"))
    terminal.type(.control("c"))
    #expect(await status == .ok)
  }

  @Test("follows the window's size")
  func resizing() async throws {
    let daemon = try await steady()
    async let status = console(daemon).run("watch")
    await terminal.wait { $0.contains { $0.hasPrefix("  work ") } }
    terminal.resize(columns: 200, rows: 5)
    await terminal.wait { $0.contains { $0.contains("resets in 2 h 14 min") } }
    #expect(terminal.lines.count == 5 && terminal.lines[4].hasPrefix("r refresh"))
    terminal.type(.character("q"))
    #expect(await status == .ok)
  }

  @Test("stops for a while when asked to, and takes the terminal again afterwards")
  func suspending() async throws {
    let daemon = try await steady()
    async let status = console(daemon).run("watch")
    await terminal.wait { $0.contains { $0.hasPrefix("  work ") } }
    terminal.type(.control("z"))
    await terminal.wait { _ in terminal.deeds.count == 3 }
    terminal.happen(.continued)
    await terminal.wait { _ in terminal.deeds.count == 4 }
    terminal.type(.character("q"))
    #expect(await status == .ok)
    #expect(terminal.deeds == ["take", "suspend", "take", "take", "give back"])
  }

  @Test("gives the terminal back before a signal ends it")
  func signals() async throws {
    let daemon = try await steady()
    async let status = console(daemon).run("watch")
    await terminal.wait { $0.contains { $0.hasPrefix("  work ") } }
    terminal.happen(.ending(.terminate))
    _ = await status
    #expect(terminal.deeds.starts(with: ["take", "yield to terminate"]))
  }

  @Test("ends at once also when the terminal takes nothing any more", arguments: [true, false])
  func jammed(isSignal: Bool) async throws {
    let daemon = try await steady()
    let terminal = TestTerminal(columns: 80, rows: 8, isJammed: true)
    let console = TestConsole(
      columns: 80, environment: .with(daemon, ["LANG": "C.UTF-8", "TERM": "xterm"]), terminal: terminal,
      pause: { _ in
        await Gate().passage()
        throw CancellationError()
      })
    async let status = console.run("watch")
    await terminal.wait { _ in terminal.deeds == ["take", "write"] }
    terminal.type(.character("s"))
    if isSignal { terminal.happen(.ending(.terminate)) } else { terminal.type(.character("q")) }
    #expect(await status == .ok)
    #expect(terminal.deeds == ["take", "write"] + (isSignal ? ["yield to terminate"] : []) + ["give back"])
  }

  @Test("says that the daemon is gone, and goes on when it is back")
  func reconnecting() async throws {
    let (round, gate) = (NIOLockedValueBox(0), Gate())
    let daemon = try await CannedDaemon([
      "fleet.subscribe": .script { call in
        let number = round.next()
        call.begin([Fleets.account("a", name: number == 1 ? "before" : "after")])
        if number == 1 { call.hangUp() }
      }
    ])
    let console = TestConsole(
      columns: 80, environment: .with(daemon, ["LANG": "C.UTF-8", "TERM": "xterm"]), terminal: terminal,
      pause: { duration in
        await (duration < .seconds(1) ? gate : Gate()).passage()
        try Task.checkCancellation()
      })
    async let status = console.run("watch")
    await terminal.wait { $0.contains { $0.hasPrefix("disconnected, reconnecting: the daemon hung up") } }
    #expect(terminal.lines.contains { $0.hasPrefix("  before ") })
    gate.open()
    await terminal.wait { $0.contains { $0.hasPrefix("  after ") } && $0.contains { $0.hasPrefix("live as of ") } }
    terminal.type(.character("q"))
    #expect(await status == .ok)
  }

  @Test("leaves the terminal and says why when the key is no longer good")
  func revoked() async throws {
    let daemon = try await CannedDaemon([
      "fleet.subscribe": .script { call in
        call.begin([Fleets.account("a", name: "work")])
        call.end()
      }
    ])
    let console = console(daemon)
    #expect(await console.run("watch") == .unauthorized)
    #expect(terminal.deeds.isEmpty || terminal.deeds == ["take", "give back"])
    #expect(console.error.contains("the API key from CODEX_FLEET_TOKEN was revoked or has expired"))
  }

  @Test("does not touch the terminal when there is no daemon")
  func notRunning() async {
    let console = TestConsole(
      columns: 80, environment: ["CODEX_FLEET_TOKEN": "sk-test", "TERM": "xterm"], terminal: terminal)
    #expect(await console.run("watch", "--socket", "/tmp/no-such.sock") == .unreachable)
    #expect(terminal.deeds.isEmpty)
  }

  @Test(
    "is wrong usage where there is no terminal to draw on",
    arguments: [(nil, "xterm"), (80, "dumb"), (80, nil)] as [(Int?, String?)])
  func noTerminal(columns: Int?, type: String?) async {
    let console = TestConsole(columns: columns, environment: type.map { ["TERM": $0] } ?? [:], terminal: terminal)
    #expect(await console.run("watch") == .usage)
    #expect(console.error.contains("for other programs use --format jsonl"))
  }

  private func console(_ daemon: CannedDaemon) -> TestConsole {
    TestConsole(
      columns: 80, environment: .with(daemon, ["LANG": "C.UTF-8", "TERM": "xterm"]), terminal: terminal,
      pause: { _ in
        await Gate().passage()
        throw CancellationError()
      })
  }

  private func steady() async throws -> CannedDaemon {
    try await CannedDaemon(["fleet.subscribe": .script { $0.begin([Fleets.account("a", name: "work")]) }])
  }
}
