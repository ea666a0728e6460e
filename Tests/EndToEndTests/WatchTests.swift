import FleetTestSupport
import Foundation
import StoreBuilder
import Testing
import UpstreamSimulator

@Suite("codex-fleet watch on a terminal, with real processes", .timeLimit(.minutes(5)))
struct WatchTests {
  @Test("shows the accounts, refreshes, sorts, follows the window, and leaves the terminal as it was")
  func watching() async throws {
    let scene = try await Scene.set(accounts: 3) { account in
      account.with { $0.alias = ["a-000": "work", "a-001": "home", "a-002": "lab"][$0.id] }
    }
    scene.upstream.setUsage(
      .init(primary: .init(usedPercent: 90, limitWindowSeconds: 18_000, resetAfterSeconds: 3_600)), of: "a-001")
    let terminal = try await watch(scene)
    #expect(await terminal.wait { $0.isAlternate && $0.text.contains("3 accounts · 3 usable") }, "\(terminal)")
    #expect(terminal.shown.lines[2].hasPrefix("  home ") && terminal.shown.lines[23].contains("s sort: name"))
    #expect(!terminal.isCooked && !terminal.shown.showsCursor)

    scene.upstream.hold()
    terminal.type("r")
    #expect(await terminal.wait(for: "refreshing 0 of 3"), "\(terminal)")
    #expect(terminal.shown.lines[2].hasPrefix("· home "))
    scene.upstream.release()
    #expect(await terminal.wait(for: "refreshed at "), "\(terminal)")
    #expect(await terminal.wait { $0.lines[2].hasPrefix("✓ home ") && $0.lines[2].contains("10 %") }, "\(terminal)")
    #expect(terminal.shown.lines[22].hasSuffix("3 written"))

    terminal.type("s")
    #expect(await terminal.wait(for: "s sort: share"), "\(terminal)")
    #expect(await terminal.wait { $0.lines[2].hasPrefix("✓ lab ") && $0.lines[4].hasPrefix("✓ home ") }, "\(terminal)")

    terminal.resize(columns: 200, rows: 10)
    #expect(await terminal.wait { $0.lines[9].contains("q quit") && $0.text.contains("resets in ") }, "\(terminal)")

    terminal.type("?")
    #expect(await terminal.wait(for: "this help, and back"), "\(terminal)")
    terminal.type("q")
    #expect(await terminal.waitForEnd() == 0)
    expectRestored(terminal)
    await scene.end()
  }

  @Test("leaves the terminal as it was also when a signal ends it", arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT])
  func signals(number: Int32) async throws {
    let scene = try await Scene.set(accounts: 1)
    let terminal = try await watch(scene)
    #expect(await terminal.wait(for: "1 account"), "\(terminal)")
    terminal.signal(number)
    #expect(await terminal.waitForEnd() == 128 + number)
    expectRestored(terminal)
    await scene.end()
  }

  @Test("leaves the terminal as it was also when it crashes, or when a signal ends it that nobody sends")
  func deadlySignals() async throws {
    let scene = try await Scene.set(accounts: 1)
    let crashes = [SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS]
    // Nobody else is to tell of the crash.
    let reporters = ["ASAN", "TSAN", "UBSAN"].map {
      (
        "\($0)_OPTIONS",
        ["segv", "sigbus", "abort", "sigill", "sigfpe"].map { "handle_\($0)=0" }.joined(separator: ":")
      )
    }
    let quiet = Dictionary(uniqueKeysWithValues: reporters + [("SWIFT_BACKTRACE", "enable=no")])
    // The last one is a real-time signal.
    for number in crashes + [SIGUSR1, SIGUSR2, SIGALRM, SIGXCPU, 40] {
      let terminal = try await watch(scene, quiet)
      #expect(await terminal.wait(for: "1 account"), "\(terminal)")
      terminal.signal(number)
      #expect(await terminal.waitForEnd() == 128 + number)
      #expect(await terminal.wait { !$0.isAlternate }, "signal \(number)")
      expectRestored(terminal)
    }
    await scene.end()
  }

  @Test("ends at the first signal, with the terminal as it was, also when nobody reads what it draws")
  func unread() async throws {
    let scene = try await Scene.set(accounts: 40)
    let terminal = try await watch(scene)
    terminal.resize(columns: 200, rows: 50)
    #expect(await terminal.wait { $0.lines[49].contains("q quit") }, "\(terminal)")
    await terminal.lookAway(pressing: "\u{0C}")
    terminal.signal(SIGTERM)
    #expect(await terminal.waitForEnd() == 128 + SIGTERM)
    #expect(terminal.isCooked)
    terminal.look()
    #expect(await terminal.wait { !$0.isAlternate && $0.showsCursor }, "\(terminal)")
    await scene.end()
  }

  @Test("goes on when a signal comes that it was started to ignore")
  func ignored() async throws {
    let scene = try await Scene.set(accounts: 1)
    let terminal = try await WatchTerminal(
      "/bin/sh", ["-c", "trap '' HUP INT ABRT; exec \"$0\" watch", BuiltProducts.client.path],
      environment: environment(scene))
    for number in [SIGHUP, SIGINT, SIGABRT] {
      #expect(await terminal.wait(for: "1 account"), "\(terminal)")
      terminal.signal(number)
      terminal.type("?")
      #expect(await terminal.wait(for: "this help, and back"), "\(terminal)")
      terminal.type("?")
    }
    terminal.type("q")
    #expect(await terminal.waitForEnd() == 0)
    expectRestored(terminal)
    await scene.end()
  }

  @Test("waits for a daemon that went away, and goes on with the next one")
  func restart() async throws {
    let scene = try await Scene.set(accounts: 2)
    let terminal = try await watch(scene)
    #expect(await terminal.wait(for: "live as of"), "\(terminal)")
    #expect(await scene.daemon.stop().status == 0)
    #expect(await terminal.wait(for: "disconnected, reconnecting"), "\(terminal)")
    #expect(terminal.shown.text.contains("a-000@example.com"))
    let next = try await DaemonProcess.start(
      in: scene.folder, store: scene.store.directory.path, upstream: scene.upstream.baseURL)
    #expect(await terminal.wait(for: "live as of"), "\(terminal)")
    terminal.type("q")
    #expect(await terminal.waitForEnd() == 0)
    expectRestored(terminal)
    #expect(await next.stop().status == 0)
    await scene.upstream.stop()
  }

  @Test("ends when its key is revoked, and says so on the terminal that it left")
  func revoked() async throws {
    let scene = try await Scene.set(accounts: 1)
    let terminal = try await watch(scene)
    #expect(await terminal.wait(for: "1 account"), "\(terminal)")
    try scene.store.execute("UPDATE api_keys SET is_active = 0")
    #expect(await terminal.waitForEnd() == 4)
    #expect(
      await terminal.wait(for: "codex-fleet: the API key from CODEX_FLEET_TOKEN was revoked or has expired"),
      "\(terminal)")
    expectRestored(terminal)
    await scene.end()
  }

  @Test("gives the terminal back to the shell while it is stopped")
  func jobControl() async throws {
    let scene = try await Scene.set(accounts: 1)
    let shell = try await WatchTerminal("/bin/dash", ["-i"], environment: environment(scene, ["PS1": "shell> "]))
    #expect(await shell.wait(for: "shell>"), "\(shell)")
    shell.type("\(BuiltProducts.client.path) watch\n")
    #expect(await shell.wait { $0.isAlternate && $0.text.contains("1 account") }, "\(shell)")
    shell.type("\u{1A}")
    #expect(await shell.wait { !$0.isAlternate && $0.text.contains("Stopped") && $0.showsCursor }, "\(shell)")
    #expect(shell.isCooked)
    shell.type("fg\n")
    #expect(await shell.wait { $0.isAlternate && $0.text.contains("1 account") }, "\(shell)")
    #expect(!shell.isCooked)
    shell.type("q")
    #expect(await shell.wait { !$0.isAlternate }, "\(shell)")
    shell.type("exit 7\n")
    #expect(await shell.waitForEnd() == 7)
    expectRestored(shell)
    await scene.end()
  }

  @Test("is stopped in the background, where the terminal is the shell's, and goes on in the foreground")
  func background() async throws {
    let scene = try await Scene.set(accounts: 1)
    let shell = try await WatchTerminal("/bin/dash", ["-i"], environment: environment(scene, ["PS1": "shell> "]))
    #expect(await shell.wait(for: "shell>"), "\(shell)")
    // The shell waits until the job has ended or is stopped, which has a status, too.
    shell.type("\(BuiltProducts.client.path) watch & wait %1; echo first $?\n")
    #expect(await shell.wait(for: "first \(128 + SIGTTOU)"), "\(shell)")
    #expect(shell.isCooked && !shell.shown.isAlternate)
    // Else what the shell said earlier passes for what it says of the next stop, and the client gets what is typed then.
    let clear = #"printf '\033[2J\033[H'"#
    for round in ["second", "third"] {
      shell.type("\(clear); fg\n")
      #expect(await shell.wait { $0.isAlternate && $0.text.contains("1 account") }, "\(shell)")
      #expect(!shell.isCooked)
      shell.type("\u{1A}")
      #expect(await shell.wait { !$0.isAlternate && $0.showsCursor && $0.text.contains("Stopped") }, "\(shell)")
      #expect(shell.isCooked)
      shell.type("\(clear); bg; wait %1; echo \(round) $?\n")
      #expect(await shell.wait(for: "\(round) \(128 + SIGTTOU)"), "\(shell)")
      #expect(shell.isCooked && !shell.shown.isAlternate)
    }
    shell.type("kill %1; bg; wait %1; echo killed $?\n")
    #expect(await shell.wait(for: "killed \(128 + SIGTERM)"), "\(shell)")
    expectRestored(shell)
    shell.type("exit 7\n")
    #expect(await shell.waitForEnd() == 7)
    await scene.end()
  }

  @Test("prints changes as lines of JSON for other programs")
  func lines() async throws {
    let scene = try await Scene.set(accounts: 2)
    let watch = try await RunningProcess(
      BuiltProducts.client, ["watch", "--format", "jsonl"], environment: environment(scene))
    #expect(await watch.output.wait { $0.contains("\n") })
    _ = try await scene.call("fleet.refresh")
    #expect(await watch.output.wait { $0.components(separatedBy: #""remainingPercent":75"#).count > 2 })
    watch.signal(SIGTERM)
    #expect(await watch.waitForEnd() == 128 + SIGTERM)
    let lines = watch.output.text.split(separator: "\n")
    let first = try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any] ?? [:]
    #expect((first["accounts"] as? [Any])?.count == 2 && (first["removed"] as? [Any])?.isEmpty == true)
    await scene.end()
  }

  @Test("ends as lines of JSON when their reader has gone, although nothing changes")
  func readerGone() async throws {
    let scene = try await Scene.set(accounts: 1)
    let run = try await RunningProcess.run(
      URL(fileURLWithPath: "/bin/sh"), ["-c", "\"$0\" watch --format jsonl | head -n 1", BuiltProducts.client.path],
      environment: environment(scene, ["PATH": "/usr/bin:/bin"]))
    #expect(run.status == 0 && run.output.contains("a-000"), "\(run)")
    await scene.end()
  }

  @Test("refuses to draw where there is no terminal")
  func noTerminal() async throws {
    let (status, output, errors) = try await RunningProcess.run(BuiltProducts.client, ["watch"])
    #expect(status == 2 && output.isEmpty && errors.contains("--format jsonl"))
  }

  @Test("a refresh on a terminal shows whom it waits for, and nothing of that afterwards")
  func refresh() async throws {
    let scene = try await Scene.set(accounts: 3)
    scene.upstream.hold()
    let terminal = try await WatchTerminal(
      BuiltProducts.client.path, ["refresh"], environment: environment(scene))
    #expect(await terminal.wait(for: "refreshing 0 of 3"), "\(terminal)")
    #expect(await terminal.wait(for: "  a-002@example.com  …"), "\(terminal)")
    scene.upstream.release()
    #expect(await terminal.waitForEnd() == 0)
    #expect(await terminal.wait(for: "3 written"), "\(terminal)")
    #expect(terminal.shown.lines[0].hasPrefix("ACCOUNT") && !terminal.shown.text.contains("refreshing"))
    expectRestored(terminal)
    await scene.end()
  }

  private func environment(_ scene: Scene, _ others: [String: String] = [:]) -> [String: String] {
    ["CODEX_FLEET_TOKEN": Scene.token, "CODEX_FLEET_SOCKET": scene.daemon.socketPath].merging(others) { $1 }
  }

  private func watch(_ scene: Scene, _ others: [String: String] = [:]) async throws -> WatchTerminal {
    try await WatchTerminal(BuiltProducts.client.path, ["watch"], environment: environment(scene, others))
  }

  /// Expects the terminal as the program found it, and nothing on it that it could not show.
  private func expectRestored(_ terminal: WatchTerminal) {
    let shown = terminal.shown
    #expect(terminal.isCooked)
    #expect(!shown.isAlternate && shown.showsCursor && shown.wrapsLines)
    #expect(shown.unknown.isEmpty && shown.overflows == 0)
  }
}
