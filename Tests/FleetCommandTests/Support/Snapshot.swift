import Foundation
import Testing

/// A text that is compared with the one that was stored.
///
/// After a wanted change, run the tests once with `UPDATE_SNAPSHOTS=1` in the environment and review the difference.
enum Snapshot {
  static func expect(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Snapshots/\(name).txt")
    if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] != nil {
      try Data(text.utf8).write(to: file)
    }
    let stored = try String(decoding: Data(contentsOf: file), as: UTF8.self)
    #expect(text == stored, "differs from Snapshots/\(name).txt", sourceLocation: sourceLocation)
  }
}
