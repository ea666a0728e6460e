import Foundation
import StoreBuilder

/// Stores that a real codex-lb wrote, with its own answers. They are no part of this package; tests that use them are
/// skipped where they are not found.
enum Fixtures {
  struct Key: Decodable, Sendable {
    let name: String
    let key: String
    let expected_status: Int
  }

  /// Where they lie: `$CODEX_FLEET_FIXTURES`, else in `shared/fixtures` beside this checkout.
  static let directory: URL? = {
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let beside = package.deletingLastPathComponent().appendingPathComponent("shared/fixtures")
    let named = ProcessInfo.processInfo.environment["CODEX_FLEET_FIXTURES"].map { URL(fileURLWithPath: $0) }
    let stores = (named ?? beside).appendingPathComponent("codex-lb")
    return FileManager.default.fileExists(atPath: stores.path) ? stores : nil
  }()

  /// The stores' names.
  static var names: [String] {
    guard let directory else { return [] }
    return ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []).sorted()
  }

  /// Copies a store to where it may be written.
  static func copy(_ name: String, to folder: TemporaryDirectory) throws -> String {
    let target = URL(fileURLWithPath: folder.file(name))
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: false)
    for file in ["store.db", "encryption.key"] {
      let data = try Data(contentsOf: source(name).appendingPathComponent(file))
      let copy = target.appendingPathComponent(file)
      guard FileManager.default.createFile(atPath: copy.path, contents: data, attributes: [.posixPermissions: 0o600])
      else {
        throw CocoaError(.fileWriteUnknown)
      }
    }
    return target.path
  }

  /// The keys of a store.
  static func keys(of name: String) throws -> [Key] {
    try JSONDecoder().decode([Key].self, from: Data(contentsOf: source(name).appendingPathComponent("keys.json")))
  }

  /// The answer that codex-lb gave to a key.
  static func golden(_ key: String, of name: String) throws -> [String: Any] {
    let data = try Data(contentsOf: source(name).appendingPathComponent("golden/\(key).json"))
    return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  private static func source(_ name: String) -> URL {
    (directory ?? URL(fileURLWithPath: "/")).appendingPathComponent(name)
  }
}
