import FleetTestSupport
import Foundation
import StoreBuilder
import Testing
import UpstreamSimulator

@Suite("The configuration file of a running daemon", .timeLimit(Patience.minutes(3)))
struct ConfigurationTests {
  /// A daemon whose settings all stand in a file.
  private struct Home {
    let folder: TemporaryDirectory
    let store: CodexLBStore
    let socket: String

    init(_ accounts: [StoredAccount] = [StoredAccount("a").usage("primary", 40)]) throws {
      folder = try TemporaryDirectory()
      store = try CodexLBStore.build {
        accounts
        StoredKey("full")
      }
      socket = folder.file("fleet.sock")
    }

    /// - Parameter upstream: the provider's address; nobody listens there without it.
    func write(_ settings: String, upstream: String = "http://127.0.0.1:9") throws {
      let text = """
        store: \(store.directory.path)
        socket: \(socket)
        upstream-url: \(upstream)
        auth-url: \(upstream)
        \(settings)

        """
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file("config.yaml")))
    }

    func start(environment: [String: String] = [:]) async throws -> RunningProcess {
      let process = try await RunningProcess(
        BuiltProducts.daemon, ["--config", folder.file("config.yaml")], environment: environment)
      #expect(await process.errors.wait { $0.contains(" listening ") }, "\(process.errors.text)")
      return process
    }
  }

  @Test("SIGHUP takes up what can be taken up, and says what cannot")
  func reload() async throws {
    let home = try Home()
    let notify = try NotifySocket(path: home.folder.file("notify"))
    try home.write("max-connections: 9")
    let process = try await home.start(environment: ["NOTIFY_SOCKET": home.folder.file("notify")])
    #expect(await notify.next()?.hasPrefix("READY=1") == true)
    try home.write("max-connections: 1\nlog-level: debug\nallow-untested-schema: on\n")
    process.signal(SIGHUP)
    #expect(await notify.next()?.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") == true)
    #expect(
      await notify.next()
        == "READY=1\nSTATUS=Serving; 1 changed settings take effect when the daemon is started again")
    #expect(await process.errors.wait { $0.contains("configuration read again") })
    let log = process.errors.text
    #expect(log.contains("setting changed setting=max-connections value=1"))
    #expect(log.contains("setting changed setting=log-level value=debug"))
    #expect(log.contains("takes effect when the daemon is started again setting=allow-untested-schema value=on"))
    let first = try RawConnection(home.socket)
    try first.send(Scene.line("fleet.summary", token: Scene.token, accounts: nil))
    #expect(try Answer(await first.readLine()).accounts.count == 1)
    #expect(try await RawConnection(home.socket).readLine().contains("overloaded"))
    #expect(await process.errors.wait { $0.contains(" debug ") })
    process.signal(SIGTERM)
    #expect(await process.waitForEnd() == 0)
  }

  @Test("SIGHUP changes how refreshes are done, also those that run")
  func refreshSettings() async throws {
    let upstream = try await UpstreamSimulator.start()
    let names = ["a", "b", "c"]
    for name in names { upstream.add(SimulatedAccount(id: name, usage: .init(primary: .init(usedPercent: 25)))) }
    let home = try Home(
      names.map { name in
        StoredAccount(name).with { $0.accessToken = upstream.accessToken(of: name) }
      })
    try home.write("max-concurrent-fetches: 1", upstream: upstream.baseURL)
    let process = try await home.start()
    func results() async throws -> [String: Int] {
      let connection = try RawConnection(home.socket)
      try connection.send(Scene.line("fleet.refresh", token: Scene.token, accounts: nil))
      return try Answer(await connection.readLine()).tally
    }
    func reload(_ settings: String, number: Int) async throws {
      try home.write(settings, upstream: upstream.baseURL)
      process.signal(SIGHUP)
      #expect(
        await process.errors.wait { $0.components(separatedBy: "configuration read again").count == number + 1 },
        "\(process.errors.text)")
    }
    upstream.hold()
    async let first = results()
    await upstream.waitForUsageRequests(1)
    try await reload("max-concurrent-fetches: 3", number: 1)
    await upstream.waitForUsageRequests(3)
    upstream.release()
    #expect(try await first == ["written": 3])
    try await reload("usage-refresh: off", number: 2)
    #expect(try await results() == ["skipped": 3])
    try await reload("usage-refresh: on", number: 3)
    #expect(try await results() == ["fresh": 3])
    try await reload("refresh-interval: 1\nbackground-refresh: on", number: 4)
    await upstream.waitForUsageRequests(6)
    process.signal(SIGTERM)
    #expect(await process.waitForEnd() == 0)
    await upstream.stop()
  }

  @Test("a file that cannot be used changes nothing, and the daemon goes on")
  func brokenReload() async throws {
    let home = try Home()
    try home.write("max-connections: 2")
    let process = try await home.start()
    try home.write("max-connections: none\nlog-level: debug\n")
    process.signal(SIGHUP)
    #expect(
      await process.errors.wait {
        $0.contains(#"config.yaml:5: max-connections: "none" is not allowed; give a whole number from 1 to 100000"#)
      })
    try FileManager.default.removeItem(atPath: home.folder.file("config.yaml"))
    process.signal(SIGHUP)
    #expect(await process.errors.wait { $0.contains("there is no configuration file at") })
    // Two are let in and no more, as before.
    let admitted = try (1...2).map { _ in try RawConnection(home.socket) }
    for connection in admitted {
      try connection.send(Scene.line("fleet.summary", token: Scene.token, accounts: nil))
      #expect(try Answer(await connection.readLine()).accounts.count == 1)
    }
    #expect(try Answer(await RawConnection(home.socket).readLine()).errorCode == "overloaded")
    process.signal(SIGTERM)
    #expect(await process.waitForEnd() == 0)
    // Nor is the log more talkative.
    #expect(!process.errors.text.contains(" debug "))
  }

  @Test("a bad value or an unknown name stops the start with file and line")
  func badFile() async throws {
    let home = try Home()
    try home.write("log-levle: debug")
    let arguments = ["--config", home.folder.file("config.yaml")]
    let unknown = try await RunningProcess.run(BuiltProducts.daemon, arguments)
    #expect(unknown.status == 1)
    #expect(unknown.errors.contains(#"config.yaml:5: there is no setting "log-levle"; did you mean log-level?"#))
    // An administrator's commands read the same file.
    let check = try await RunningProcess.run(BuiltProducts.daemon, ["key", "list"] + arguments)
    #expect(check.status == 1)
    #expect(check.errors.contains("did you mean log-level?"))
  }

  @Test("--print-config shows each value and where it came from")
  func printConfig() async throws {
    let home = try Home()
    try home.write("log-level: debug")
    let printed = try await RunningProcess.run(
      BuiltProducts.daemon, ["--config", home.folder.file("config.yaml"), "--print-config", "--drain-timeout", "9"],
      environment: ["CODEX_FLEETD_MAX_CONNECTIONS": "77"])
    #expect(printed.status == 0)
    let lines = printed.output.split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true) }
    func line(_ name: String) -> String { lines.first { $0.first == "\(name):" }?.joined(separator: " ") ?? "" }
    #expect(line("log-level") == "log-level: debug # \(home.folder.file("config.yaml")):5")
    #expect(line("drain-timeout") == "drain-timeout: 9 # flag --drain-timeout")
    #expect(line("max-connections") == "max-connections: 77 # environment, CODEX_FLEETD_MAX_CONNECTIONS")
    #expect(line("refresh-interval") == "refresh-interval: 60 # default")
  }
}
