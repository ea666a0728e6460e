import Foundation
import StoreBuilder
import Testing
import UpstreamSimulator

/// A simulated upstream, a codex-lb-shaped store with accounts that belong to it, and a daemon between the two.
struct Scene: Sendable {
  static let token = "sk-test-full"

  let folder: TemporaryDirectory
  let store: CodexLBStore
  let upstream: UpstreamSimulator
  let daemon: DaemonProcess

  /// Sets the scene: accounts `a-000`, `a-001`, …, none of which has a sample yet, and the key `Scene.token`.
  static func set(
    accounts count: Int, additional: SimulatedAccount.AdditionalLimits = .absent,
    change: @Sendable (StoredAccount) -> StoredAccount = { $0 }, settings: [String: String] = [:],
    environment: [String: String] = [:]
  ) async throws -> Scene {
    let upstream = try await UpstreamSimulator.start()
    let names = names(count)
    for name in names {
      upstream.add(
        SimulatedAccount(
          id: name,
          usage: SimulatedAccount.Usage(
            primary: .init(usedPercent: 25, limitWindowSeconds: 18_000, resetAfterSeconds: 3_600),
            secondary: .init(usedPercent: 40, limitWindowSeconds: 604_800, resetAfterSeconds: 86_400),
            additional: additional)))
    }
    let store = try CodexLBStore.build {
      names.map { name in
        change(
          StoredAccount(name).with {
            $0.accessToken = upstream.accessToken(of: name)
            $0.refreshToken = upstream.refreshToken(of: name)
          })
      }
      StoredKey("full")
      StoredKey("scoped", accounts: [names[0]])
      StoredKey("blind", sections: "")
    }
    let folder = try TemporaryDirectory()
    let daemon = try await DaemonProcess.start(
      in: folder, store: store.directory.path, upstream: upstream.baseURL, settings: settings,
      environment: environment)
    return Scene(folder: folder, store: store, upstream: upstream, daemon: daemon)
  }

  static func names(_ count: Int) -> [String] {
    (0..<count).map { number in
      let digits = String(number)
      return "a-" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }
  }

  /// Sends a refresh call on a connection of its own.
  func beginRefresh(token: String = Scene.token, accounts: [String]? = nil) throws -> RawConnection {
    let connection = try RawConnection(daemon.socketPath)
    try connection.send(Self.line("fleet.refresh", token: token, accounts: accounts))
    return connection
  }

  /// Makes a call on a connection of its own.
  func call(_ method: String, token: String = Scene.token, accounts: [String]? = nil) async throws -> Answer {
    let connection = try RawConnection(daemon.socketPath)
    try connection.send(Self.line(method, token: token, accounts: accounts))
    return try Answer(await connection.readLine())
  }

  /// How many of the accounts have a sample now, as the daemon tells it.
  func sampledAccounts() async throws -> Int {
    try await call("fleet.summary").accounts.count { $0["usageRefreshedAt"] is String }
  }

  /// Ends the scene; the daemon has to stop in order, with nothing left running and nothing left open.
  func end() async {
    let (status, log) = await daemon.stop()
    #expect(status == 0)
    expectAllClosed(log)
    await upstream.stop()
  }

  /// Expects that the log of a daemon that stopped tells of nothing left running.
  func expectAllClosed(_ log: String) {
    let last = log.split(separator: "\n").last { $0.contains(" stopped ") } ?? ""
    for figure in ["refreshesRunning=0", "flightsRunning=0", "sessionsOpen=0"] {
      #expect(last.contains(figure), "\(log)")
    }
  }

  /// A call; those that wait for their answers on one connection need ids of their own.
  static func line(_ method: String, id: Int = 1, token: String, accounts: [String]?) -> String {
    var params: [String: Any] = ["token": token]
    params["accountIds"] = accounts
    let request: [String: Any] = ["jsonrpc": "2.0", "id": id, "method": method, "params": params]
    let data = (try? JSONSerialization.data(withJSONObject: request)) ?? Data()
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
