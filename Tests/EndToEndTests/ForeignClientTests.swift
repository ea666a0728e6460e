import Foundation
import StoreBuilder
import Testing
import UpstreamSimulator

@Suite("Clients in other languages, against the real daemon", .timeLimit(Patience.minutes(5)))
struct ForeignClientTests {
  private static let contrib = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../contrib").standardizedFileURL
  private static let python = URL(fileURLWithPath: "/usr/bin/python3")
  private static let hasPython = FileManager.default.isExecutableFile(atPath: python.path)
  private static let hasShellTools = ["socat", "jq"].allSatisfy {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/" + $0)
  }

  private static func file(_ path: String) -> String { contrib.appendingPathComponent(path).path }

  private static func environment(_ scene: Scene) -> [String: String] {
    [
      "CODEX_FLEET_SOCKET": scene.daemon.socketPath, "CODEX_FLEET_TOKEN": Scene.token, "PATH": "/usr/bin:/bin",
      "PYTHONDONTWRITEBYTECODE": "1",
    ]
  }

  @Test("the daemon conforms", .enabled(if: hasPython, "needs Python 3"))
  func conformance() async throws {
    let scene = try await Scene.set(accounts: 3)
    let run = try await RunningProcess.run(
      Self.python, [Self.file("conformance"), "--socket", scene.daemon.socketPath],
      environment: Self.environment(scene))
    #expect(run.status == 0, "\(run.output.split(separator: "\n").filter { !$0.hasPrefix("ok ") }) \(run.errors)")
    #expect(run.output.contains("checks, 0 failed"))
    await scene.end()
  }

  @Test("the Python client's own tests pass", .enabled(if: hasPython, "needs Python 3"))
  func pythonUnits() async throws {
    let run = try await RunningProcess.run(
      Self.python, [Self.file("clients/python/test_codex_fleet.py")],
      environment: ["PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"])
    #expect(run.status == 0, "\(run.errors)")
  }

  /// A client as a program of its own, with the arguments that come before a command.
  private func check(_ program: URL, _ arguments: [String]) async throws {
    let scene = try await Scene.set(accounts: 2)
    let environment = Self.environment(scene)
    func run(_ more: String...) async throws -> (status: Int32, output: String, errors: String) {
      try await RunningProcess.run(program, arguments + more, environment: environment)
    }
    #expect(try await run("health").output.contains(#""ok""#))
    let summary = try await run("summary", "a-001")
    #expect(summary.status == 0, "\(summary.errors)")
    #expect(try Answer(#"{"result":\#(summary.output)}"#).accounts.map { $0["accountId"] as? String } == ["a-001"])
    // One watches while another has the daemon refresh, and a third program writes to the store.
    let watcher = try await RunningProcess(program, arguments + ["watch"], environment: environment)
    #expect(await watcher.output.wait { $0.contains("a-000") })
    let refresh = try await run("refresh")
    #expect(refresh.status == 0 && refresh.output.contains("written"), "\(refresh.output)\(refresh.errors)")
    #expect(await watcher.output.wait { $0.contains("remainingPercent\":75") || $0.contains("remainingPercent\": 75") })
    try scene.store.execute("UPDATE accounts SET status = 'paused' WHERE id = 'a-001'")
    #expect(await watcher.output.wait { $0.contains("paused") })
    watcher.signal(SIGTERM)
    _ = await watcher.waitForEnd()
    // Mistakes are told with their cause, and never with the key.
    for (wrong, arguments) in [
      (["CODEX_FLEET_TOKEN": "sk-test-wrong"], ["summary"]), (["CODEX_FLEET_SOCKET": "/nowhere/s"], ["summary"]),
      (["CODEX_FLEET_TOKEN": ""], ["summary"]), ([:], ["dance"]),
    ] {
      let failed = try await RunningProcess.run(
        program, script(for: program) + arguments, environment: environment.merging(wrong) { $1 })
      #expect(failed.status != 0 && !failed.errors.isEmpty && !failed.errors.contains("Traceback"), "\(arguments)")
      #expect(!(failed.errors + failed.output).contains("sk-test"))
    }
    await scene.end()
  }

  /// Has a client ask a daemon that is stopped.
  private func askStopped(_ program: URL, _ arguments: String..., timeout: [String: String]) async throws -> (
    status: Int32, output: String, errors: String
  ) {
    let scene = try await Scene.set(accounts: 1)
    scene.daemon.process.signal(SIGSTOP)
    let environment = Self.environment(scene).merging(timeout) { $1 }
    let run = try await RunningProcess.run(program, script(for: program) + arguments, environment: environment)
    scene.daemon.process.signal(SIGCONT)
    await scene.end()
    return run
  }

  @Test("the Python client gives up on a daemon that is stopped", .enabled(if: hasPython, "needs Python 3"))
  func stoppedPython() async throws {
    let run = try await askStopped(Self.python, "--timeout", "1", "summary", timeout: [:])
    #expect(run.status == 3 && run.errors.contains("has not answered in time"), "\(run)")
  }

  @Test("the shell client gives up on a daemon that is stopped", .enabled(if: hasShellTools, "needs socat and jq"))
  func stoppedShell() async throws {
    let shell = URL(fileURLWithPath: "/bin/sh")
    let run = try await askStopped(shell, "summary", timeout: ["CODEX_FLEET_TIMEOUT": "1"])
    #expect(run.status == 1 && run.errors.contains("does not answer (within 1 s); look at its log"), "\(run)")
  }

  private func script(for program: URL) -> [String] {
    program == Self.python ? [Self.file("clients/python/codex_fleet.py")] : [Self.file("clients/shell/codex-fleet.sh")]
  }

  @Test("the Python client shows, refreshes and watches", .enabled(if: hasPython, "needs Python 3"))
  func pythonClient() async throws { try await check(Self.python, script(for: Self.python)) }

  @Test("the shell client shows, refreshes and watches", .enabled(if: hasShellTools, "needs socat and jq"))
  func shellClient() async throws {
    let shell = URL(fileURLWithPath: "/bin/sh")
    try await check(shell, script(for: shell))
  }

  /// A program on asyncio: calls side by side, one that is given up, and a subscription, all on one connection.
  private static let asynchronousProgram = """
    import asyncio
    from codex_fleet import AsyncFleetClient, FleetError

    async def main():
        async with AsyncFleetClient() as client:
            answers = await asyncio.gather(client.health(), *(client.summary() for _ in range(20)))
            print("accounts", sorted({len(answer["accounts"]) for answer in answers[1:]}), flush=True)
            # The upstream is held: the wait ends, the connection goes on.
            try:
                await asyncio.wait_for(client.refresh(["a-001"]), 0.2)
            except asyncio.TimeoutError:
                print("gave up", flush=True)
            try:
                await client.refresh(["a-001"], timeout_ms=1)
            except FleetError as error:
                print(error.data_code, flush=True)
            async with client.subscribe() as changes:
                async for change in changes:
                    for account in change["accounts"]:
                        percent = account["primary"]["remainingPercent"]
                        print(account["accountId"], account["status"], percent, flush=True)
                        if account["status"] == "paused":
                            return

    asyncio.run(main())
    """

  @Test(
    "the Python client on asyncio calls, gives up and is told of changes", .enabled(if: hasPython, "needs Python 3"))
  func asynchronousPythonClient() async throws {
    let scene = try await Scene.set(accounts: 2)
    scene.upstream.hold()
    let environment = Self.environment(scene).merging(["PYTHONPATH": Self.file("clients/python")]) { $1 }
    let program = try await RunningProcess(Self.python, ["-c", Self.asynchronousProgram], environment: environment)
    #expect(await program.output.wait { $0.contains("a-001 active None") }, "\(program.errors.text)")
    #expect(program.output.text.hasPrefix("accounts [2]\ngave up\ndeadline_exceeded\n"))
    // What it has given up goes on, and it is told of the end.
    scene.upstream.release()
    #expect(await program.output.wait { $0.contains("a-001 active 75") })
    try scene.store.execute("UPDATE accounts SET status = 'paused' WHERE id = 'a-000'")
    #expect(await program.waitForEnd() == 0, "\(program.errors.text)")
    #expect(program.output.text.contains("a-000 paused") && program.errors.text.isEmpty)
    #expect(scene.upstream.counters.usageRequestsByAccount == ["a-001": 1])
    await scene.end()
  }
}
