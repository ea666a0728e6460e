import FleetTestSupport
import Foundation
import StoreBuilder
import Testing
import UpstreamSimulator

@Suite("Under a service manager", .timeLimit(Patience.minutes(3)))
struct ServiceManagerTests {
  private static let activator = URL(fileURLWithPath: "/usr/bin/systemd-socket-activate")

  private func store() throws -> CodexLBStore {
    try CodexLBStore.build {
      StoredAccount("a").usage("primary", 40)
      StoredKey("full")
    }
  }

  private func flags(_ store: CodexLBStore) -> [String] {
    ["--store", store.directory.path, "--upstream-url", "http://127.0.0.1:9", "--auth-url", "http://127.0.0.1:9"]
  }

  /// The daemon behind `systemd-socket-activate`, which starts it on the first connection.
  private func activated(
    at paths: [String], _ store: CodexLBStore, options: [String] = [], flags more: [String] = []
  ) async throws -> RunningProcess {
    // It clears the environment of what it starts.
    let listen = paths.map { "--listen=\($0)" } + BuiltProducts.instrumentation.keys.map { "--setenv=\($0)" }
    let process = try await RunningProcess(
      Self.activator, listen + options + [BuiltProducts.daemon.path] + flags(store) + more, environment: [:])
    #expect(await process.errors.wait { text in paths.allSatisfy { text.contains("Listening on \($0)") } })
    return process
  }

  private func accounts(at path: String) async throws -> Int {
    let connection = try RawConnection(path)
    try connection.send(Scene.line("fleet.summary", token: Scene.token, accounts: nil))
    return try Answer(await connection.readLine()).accounts.count
  }

  @Test("the first connection starts the daemon, which serves every socket that was passed and removes none")
  func activation() async throws {
    let folder = try TemporaryDirectory()
    let paths = [folder.file("one.sock"), folder.file("two.sock")]
    let store = try store()
    let process = try await activated(
      at: paths, store, options: ["--fdname=first:second"], flags: ["--socket", folder.file("unused.sock")])
    #expect(try await accounts(at: paths[1]) == 1)
    #expect(try await accounts(at: paths[0]) == 1)
    #expect(process.errors.text.contains("the setting socket is not used"))
    process.signal(SIGTERM)
    #expect(await process.waitForEnd() == 0)
    #expect(process.errors.text.contains("passedAs=first") && process.errors.text.contains("passedAs=second"))
    #expect(paths.allSatisfy { FileManager.default.fileExists(atPath: $0) })
    #expect(!FileManager.default.fileExists(atPath: folder.file("unused.sock")))
  }

  @Test("a daemon started on demand ends when nobody has been connected for a while, and may be started again")
  func idleExit() async throws {
    let folder = try TemporaryDirectory()
    let store = try store()
    for _ in 0..<2 {
      let path = folder.file("fleet.sock")
      try? FileManager.default.removeItem(atPath: path)
      let process = try await activated(at: [path], store, flags: ["--idle-exit", "1"])
      #expect(try await accounts(at: path) == 1)
      #expect(await process.waitForEnd() == 0)
      #expect(process.errors.text.contains("nobody has been connected for a while"))
      #expect(FileManager.default.fileExists(atPath: path))
    }
  }

  @Test("a daemon that was not started on demand never ends for want of clients")
  func noIdleExit() async throws {
    let folder = try TemporaryDirectory()
    let daemon = try await DaemonProcess.start(
      in: folder, store: try store().directory.path, settings: ["idle-exit": "1", "log-level": "debug"])
    for _ in 0..<2 { #expect(try await daemon.call("fleet.summary").accounts.count == 1) }
    let (status, log) = await daemon.stop()
    #expect(status == 0)
    #expect(!log.contains("nobody has been connected"))
  }

  @Test(
    "a socket that cannot be served on stops the start with what the unit needs",
    arguments: [
      ("socket.socket(socket.AF_INET)", "it is not a Unix socket"),
      ("socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)", "it is not a stream socket"),
      ("socket.socket(socket.AF_UNIX)", "it does not listen"), ("open('/dev/null')", "it is not a socket"),
    ])
  func wrongSockets(expression: String, fault: String) async throws {
    let script = """
      import os, socket, sys
      passed = \(expression)
      os.dup2(passed.fileno(), 3)
      os.set_inheritable(3, True)
      os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", LISTEN_FDNAMES="mine")
      os.execv(sys.argv[1], sys.argv[1:])
      """
    let ended = try await RunningProcess.run(
      URL(fileURLWithPath: "/usr/bin/python3"), ["-c", script, BuiltProducts.daemon.path] + flags(try store()))
    #expect(ended.status == 1)
    #expect(ended.errors.contains("(number 1, named mine): \(fault); the socket unit needs ListenStream="))
  }

  @Test("systemd is told when calls can be made, that they are answered, and of the stop")
  func notifications() async throws {
    let folder = try TemporaryDirectory()
    let notify = try NotifySocket(path: folder.file("notify"))
    let socket = folder.file("fleet.sock")
    let process = try await RunningProcess(
      BuiltProducts.daemon, flags(try store()) + ["--socket", socket],
      environment: ["NOTIFY_SOCKET": folder.file("notify"), "WATCHDOG_USEC": "600000"])
    #expect(await notify.next() == "READY=1\nSTATUS=Serving at \(socket)")
    for _ in 0..<3 { #expect(await notify.next { $0 == "WATCHDOG=1" } != nil) }
    // Nobody can reach a daemon whose socket is gone: it must not pass for one that answers.
    try FileManager.default.removeItem(atPath: socket)
    #expect(await process.errors.wait { $0.contains("the watchdog is not fed") })
    process.signal(SIGTERM)
    #expect(await notify.next { $0.hasPrefix("STOPPING=1\n") } != nil)
    #expect(await process.waitForEnd() == 0)
  }

  @Test("the watchdog's own questions are not counted, and are answered however full the daemon is")
  func watchdogBesideLimits() async throws {
    let folder = try TemporaryDirectory()
    let notify = try NotifySocket(path: folder.file("notify"))
    let socket = folder.file("fleet.sock")
    let process = try await RunningProcess(
      BuiltProducts.daemon,
      flags(try store()) + ["--socket", socket, "--max-connections", "1", "--allow-uids", "\(getuid())"],
      environment: ["NOTIFY_SOCKET": folder.file("notify"), "WATCHDOG_USEC": "900000"])
    _ = await notify.next()
    let connection = try RawConnection(socket)
    try connection.send(Scene.line("daemon.stats", token: Scene.token, accounts: nil))
    #expect(try await connection.readLine().contains(#""connections":{"open":1,"accepted":1"#))
    for _ in 0..<3 { #expect(await notify.next { $0 == "WATCHDOG=1" } != nil) }
    try connection.send(Scene.line("daemon.stats", token: Scene.token, accounts: nil))
    #expect(try await connection.readLine().contains(#""connections":{"open":1,"accepted":1"#))
    process.signal(SIGTERM)
    #expect(await process.waitForEnd() == 0)
  }

  @Test("while it stops it is asked for no sign of life, and asks for none itself: that would start the next daemon")
  func watchdogDuringStop() async throws {
    let folder = try TemporaryDirectory()
    let notify = try NotifySocket(path: folder.file("notify"))
    let upstream = try await UpstreamSimulator.start()
    upstream.add(SimulatedAccount(id: "a"))
    upstream.hold()
    let store = try CodexLBStore.build {
      StoredAccount("a").with {
        $0.accessToken = upstream.accessToken(of: "a")
        $0.refreshToken = upstream.refreshToken(of: "a")
      }
      StoredKey("full")
    }
    let socket = folder.file("fleet.sock")
    let process = try await RunningProcess(
      BuiltProducts.daemon,
      [
        "--store", store.directory.path, "--upstream-url", upstream.baseURL, "--auth-url", upstream.baseURL,
        "--socket", socket, "--drain-timeout", "2",
      ], environment: ["NOTIFY_SOCKET": folder.file("notify"), "WATCHDOG_USEC": "600000"])
    _ = await notify.next()
    let connection = try RawConnection(socket)
    try connection.send(Scene.line("fleet.refresh", token: Scene.token, accounts: nil))
    await upstream.waitForUsageRequests(1)
    process.signal(SIGTERM)
    #expect(await notify.next { $0.hasPrefix("STOPPING=1\n") } != nil)
    #expect(await process.waitForEnd() == 0)
    #expect(!process.errors.text.contains("the watchdog is not fed"))
    upstream.release()
    await upstream.stop()
  }
}
