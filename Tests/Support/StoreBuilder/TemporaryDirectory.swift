public import Foundation
internal import NIOConcurrencyHelpers

/// A directory of its own for one test, readable by its owner alone, removed when the process exits.
///
/// It outlives every value on purpose: a test may hand a path to something and let go of the value that made it.
public struct TemporaryDirectory: Sendable {
  private static let made = NIOLockedValueBox<[String]>([])

  /// Where it is.
  public let path: String

  /// Makes a directory.
  public init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("fleet-" + UUID().uuidString)
    try FileManager.default.createDirectory(
      at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    path = url.path
    let isFirst = Self.made.withLockedValue { made in
      made.append(url.path)
      return made.count == 1
    }
    if isFirst { atexit(removeTemporaryDirectories) }
  }

  /// The path of a name in the directory.
  public func file(_ name: String) -> String { path + "/" + name }

  /// All files that lie in it now, byte for byte.
  public func contents() throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: file($0)))) })
  }

  fileprivate static func removeAll() {
    for path in made.withLockedValue({ $0 }) { try? FileManager.default.removeItem(atPath: path) }
  }
}

private func removeTemporaryDirectories() { TemporaryDirectory.removeAll() }
