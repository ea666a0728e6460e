import Foundation
import StoreBuilder

/// A `codex-fleetd` process on a socket of its own.
struct DaemonProcess: Sendable {
  let process: RunningProcess
  let socketPath: String

  /// Starts the daemon and waits until clients can connect.
  ///
  /// - Parameter settings: further settings, as flags without their dashes.
  static func start(
    in folder: TemporaryDirectory, store: String, upstream: String? = nil, settings: [String: String] = [:]
  ) async throws -> DaemonProcess {
    let daemon = try launch(in: folder, store: store, upstream: upstream, settings: settings)
    guard await daemon.process.errors.wait(until: { $0.contains(" listening ") }) else {
      throw RunningProcess.EndedEarly(description: "the daemon ended: \(daemon.process.errors.text)")
    }
    return daemon
  }

  /// Starts the daemon without waiting for anything.
  static func launch(
    in folder: TemporaryDirectory, store: String, upstream: String? = nil, settings: [String: String] = [:]
  ) throws -> DaemonProcess {
    let socketPath = folder.file("fleet.sock")
    var arguments = ["--store", store, "--socket", socketPath]
    // Nothing listens on the discard port: a daemon without an upstream in its test never leaves this machine.
    for service in ["--upstream-url", "--auth-url"] { arguments += [service, upstream ?? "http://127.0.0.1:9"] }
    arguments += settings.map { name, value in "--\(name)=\(value)" }
    let process = try RunningProcess(BuiltProducts.daemon, arguments, environment: [:])
    return DaemonProcess(process: process, socketPath: socketPath)
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
