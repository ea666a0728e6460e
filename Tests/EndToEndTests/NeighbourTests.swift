import Foundation
import StoreBuilder
import Testing

@Suite("Peers that come, knock and vanish", .timeLimit(Patience.minutes(5)))
struct NeighbourTests {
  private static let setpriv = URL(fileURLWithPath: "/usr/bin/setpriv")
  private static let maySetGroups =
    geteuid() == 0 && FileManager.default.isExecutableFile(atPath: setpriv.path)
  private static let python = URL(fileURLWithPath: "/usr/bin/python3")
  private static let hasPython = FileManager.default.isExecutableFile(atPath: python.path)

  @Test(
    "a user is let in by any of its groups, and not by one that it is not in",
    .enabled(if: maySetGroups, "needs to set the groups of a process"))
  func groups() async throws {
    let scene = try await Scene.set(accounts: 1, settings: ["allow-gids": "4242"])
    func health(_ groups: String) async throws -> (status: Int32, output: String, errors: String) {
      try await RunningProcess.run(
        Self.setpriv,
        ["--groups", groups, BuiltProducts.client.path, "health", "--socket", scene.daemon.socketPath])
    }
    #expect(try await health("17,4242").status == 0)
    #expect(try await health("17,4243").status != 0)
    let many = (5_000..<5_200).map(String.init).joined(separator: ",")
    #expect(try await health(many).status != 0)
    #expect(try await health(many + ",4242").status == 0)
    await scene.end()
  }

  @Test("clients that hang up before they are answered take nobody with them")
  func hangingUp() async throws {
    let scene = try await Scene.set(accounts: 20)
    let call = Scene.line("fleet.summary", token: Scene.token, accounts: nil)
    for _ in 0..<50 {
      let connection = try RawConnection(scene.daemon.socketPath)
      try connection.send(String(repeating: call, count: 20))
      connection.hangUp()
    }
    #expect(try await scene.call("fleet.summary").accounts.count == 20)
    await scene.end()
  }

  /// Runs a program with a standard error that nobody reads: one that is broken, with its signal as a shell leaves it, or
  /// one that is full.
  private static let withPipe = """
    import os, signal, sys
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while sys.argv[1] == "full":
            os.write(writer, b"." * 4096)
    except BlockingIOError:
        pass
    os.set_blocking(writer, True)
    os.dup2(writer, 2)
    os.close(writer)
    if sys.argv[1] == "broken":
        os.close(reader)
    else:
        os.set_inheritable(reader, True)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execv(sys.argv[2], sys.argv[2:])
    """

  @Test(
    "a daemon whose log nobody reads any more goes on", .enabled(if: hasPython, "needs Python 3"),
    arguments: ["broken", "full"])
  func unreadLog(pipe: String) async throws {
    let store = try CodexLBStore.build {
      StoredAccount("a")
      StoredKey("full")
    }
    let folder = try TemporaryDirectory()
    let socket = folder.file("fleet.sock")
    let daemon = try await RunningProcess(
      Self.python,
      [
        "-c", Self.withPipe, pipe, BuiltProducts.daemon.path, "--store", store.directory.path, "--socket", socket,
        "--upstream-url", "http://127.0.0.1:9", "--log-level", "debug",
      ], environment: [:])
    var connection: RawConnection?
    while connection == nil, !Task.isCancelled {
      connection = try? RawConnection(socket)
      await Task.yield()
    }
    let client = try #require(connection)
    for method in ["fleet.refresh", "fleet.summary"] {
      try client.send(Scene.line(method, token: Scene.token, accounts: nil))
      #expect(try Answer(await client.readLine()).result.isEmpty == false)
    }
    // Its last words have no reader, either.
    let second = try await RunningProcess(
      Self.python,
      [
        "-c", Self.withPipe, pipe, BuiltProducts.daemon.path, "--store", store.directory.path, "--socket", socket,
      ], environment: [:])
    #expect(await second.waitForEnd() == 1)
    daemon.signal(SIGTERM)
    #expect(await daemon.waitForEnd() == 0)
  }
}
