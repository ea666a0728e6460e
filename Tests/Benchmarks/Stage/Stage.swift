internal import Foundation
internal import StoreBuilder

/// What the benchmarks of one run share.
struct Stage: Sendable {
  /// The daemon's program.
  let daemon: String
  /// Whether rough figures will do.
  let isQuick: Bool
  /// For sockets, logs and answers.
  let folder: TemporaryDirectory

  /// The daemon that was built beside this program.
  static var builtDaemon: String { ownDirectory + "/codex-fleetd" }

  /// This program.
  static let ownProgram = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
  private static var ownDirectory: String { URL(fileURLWithPath: ownProgram).deletingLastPathComponent().path }

  /// The core that the load generator keeps to, so that a server has the others to itself; -1 on a machine with one.
  static let loadCore =
    ProcessInfo.processInfo.processorCount > 1 ? Int32(ProcessInfo.processInfo.processorCount) - 1 : -1

  init(daemon: String, isQuick: Bool) throws {
    guard FileManager.default.isExecutableFile(atPath: daemon) else {
      throw BenchmarkFailure("there is no daemon at \(daemon): build it with 'make', or name one with --daemon")
    }
    self.daemon = daemon
    self.isQuick = isQuick
    folder = try TemporaryDirectory()
  }

  /// The first count in a quick run, else the second.
  func choose<Value>(quick: Value, full: Value) -> Value { isQuick ? quick : full }
}
