import Foundation

/// The programs under test, as built beside the running test bundle.
enum BuiltProducts {
  static let directory: URL = {
    var link = [CChar](repeating: 0, count: 4_096)
    let length = readlink("/proc/self/exe", &link, link.count - 1)
    let path = String(decoding: link.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return URL(fileURLWithPath: path).deletingLastPathComponent()
  }()

  static var daemon: URL { directory.appendingPathComponent("codex-fleetd") }
  static var client: URL { directory.appendingPathComponent("codex-fleet") }
}
