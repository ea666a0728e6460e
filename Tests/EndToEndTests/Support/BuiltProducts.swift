import Foundation

/// The programs under test: those built beside the running test bundle, or those in `$CODEX_FLEET_BINARIES`, where
/// `make sanitize` has others built with a sanitizer.
enum BuiltProducts {
  static let directory: URL = {
    if let named = ProcessInfo.processInfo.environment["CODEX_FLEET_BINARIES"] { return URL(fileURLWithPath: named) }
    var link = [CChar](repeating: 0, count: 4_096)
    let length = readlink("/proc/self/exe", &link, link.count - 1)
    let path = String(decoding: link.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return URL(fileURLWithPath: path).deletingLastPathComponent()
  }()

  static var daemon: URL { directory.appendingPathComponent("codex-fleetd") }
  static var client: URL { directory.appendingPathComponent("codex-fleet") }

  /// What a sanitizer or a profiler in the programs under test has to be told; tests give them nothing else of this
  /// environment.
  static let instrumentation = ProcessInfo.processInfo.environment.filter { name, _ in
    ["ASAN_OPTIONS", "LLVM_PROFILE_FILE", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"].contains(name)
  }
}
