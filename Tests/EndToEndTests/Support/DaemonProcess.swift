import Foundation
import StoreBuilder

/// A `codex-fleetd` process on a socket of its own.
struct DaemonProcess: Sendable {
  let process: RunningProcess
  let socketPath: String

  /// Starts the daemon and waits until clients can connect.
  ///
  /// - Parameters:
  ///   - name: tells several daemons of a test apart, by their sockets and by the path of their token exchanges.
  ///   - settings: further settings, as flags without their dashes.
  ///   - environment: all that the daemon finds in its environment.
  static func start(
    _ name: String = "fleet", in folder: TemporaryDirectory, store: String, upstream: String? = nil,
    settings: [String: String] = [:], environment: [String: String] = [:]
  ) async throws -> DaemonProcess {
    let daemon = try await launch(
      name, in: folder, store: store, upstream: upstream, settings: settings, environment: environment)
    guard await daemon.process.errors.wait(until: { $0.contains(" listening ") }) else {
      throw RunningProcess.EndedEarly(description: "the daemon ended: \(daemon.process.errors.text)")
    }
    return daemon
  }

  /// Starts the daemon without waiting for anything.
  static func launch(
    _ name: String = "fleet", in folder: TemporaryDirectory, store: String, upstream: String? = nil,
    settings: [String: String] = [:], environment: [String: String] = [:]
  ) async throws -> DaemonProcess {
    let socketPath = folder.file("\(name).sock")
    var arguments = ["--store", store, "--socket", socketPath]
    // Nothing listens on the discard port: a daemon without an upstream in its test never leaves this machine.
    let upstream = upstream ?? "http://127.0.0.1:9"
    arguments += ["--upstream-url", upstream, "--auth-url", upstream + "/" + name]
    arguments += settings.map { name, value in "--\(name)=\(value)" }
    let process = try await RunningProcess(BuiltProducts.daemon, arguments, environment: environment)
    return DaemonProcess(process: process, socketPath: socketPath)
  }

  /// Makes a call on a connection of its own.
  func call(_ method: String, token: String = Scene.token) async throws -> Answer {
    let connection = try RawConnection(socketPath)
    try connection.send(Scene.line(method, token: token, accounts: nil))
    return try Answer(await connection.readLine())
  }

  /// Stops the daemon as an administrator would.
  ///
  /// - Returns: its exit status, and its log.
  func stop() async -> (status: Int32, log: String) {
    process.signal(SIGTERM)
    let status = await process.waitForEnd()
    return (status, process.errors.text)
  }
}
