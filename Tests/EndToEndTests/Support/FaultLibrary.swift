import Foundation
import StoreBuilder
import Testing

/// Faults from below the daemon, of the disk, the clock and the memory, by a library that it is started with.
///
/// Nothing goes wrong until a fault is set; `Tests/FaultTests/faults.c` says which there are.
struct FaultLibrary: Sendable {
  struct NotBuilt: Error, CustomStringConvertible {
    let description: String
  }

  private static let compiler = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .flatMap { folder in ["clang", "cc"].map { "\(folder)/\($0)" } }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// Whether it can be built, and put below the programs under test: a sanitizer stands there already.
  static let isPossible = compiler != nil && !Patience.isTried

  static let need: Comment = "needs a C compiler, and programs without a sanitizer"

  private static let built = Task { () throws -> String in
    let folder = try TemporaryDirectory()
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../FaultTests/faults.c").standardizedFileURL
    let run = try await RunningProcess.run(
      URL(fileURLWithPath: compiler ?? "cc"),
      ["-shared", "-fPIC", "-O1", "-o", folder.file("faults.so"), source.path, "-ldl"],
      environment: ["PATH": "/usr/bin:/bin"])
    guard run.status == 0 else { throw NotBuilt(description: run.errors) }
    return folder.file("faults.so")
  }

  /// What the daemon has to find in its environment.
  let environment: [String: String]
  private let control: String

  /// Builds the library, the first time.
  ///
  /// - Parameter files: what the paths of the store's files have in common.
  init(files: String = "/store.db") async throws {
    control = try TemporaryDirectory().file("faults")
    environment = ["LD_PRELOAD": try await Self.built.value, "FLEET_FAULTS": control, "FLEET_FAULTS_FILES": files]
  }

  /// From now on this goes wrong, and nothing else.
  func set(_ fault: String) throws {
    // Never seen half-written.
    try Data(fault.utf8).write(to: URL(fileURLWithPath: control), options: .atomic)
  }

  /// From now on all is well.
  func clear() throws { try FileManager.default.removeItem(atPath: control) }

  /// Whether a fault that strikes once has struck since this was asked last.
  func takeStrike() -> Bool { unlink(control + ".struck") == 0 }
}
