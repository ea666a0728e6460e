import Foundation
import Testing

/// A text of the project that follows from the code.
///
/// After a wanted change, run the tests once with `UPDATE_SNAPSHOTS=1` in the environment and review the difference.
struct Document {
  private let file: URL

  /// - Parameter path: from the project's top.
  init(_ path: String) {
    let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    file = top.appending(path: path)
  }

  /// Expects that the whole document is this text.
  func expect(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    try update(to: text)
    #expect(try stored() == text, "\(file.lastPathComponent) is out of date", sourceLocation: sourceLocation)
  }

  /// Expects that this text stands between two lines of the document.
  func expect(
    _ text: String, between start: String, and end: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let document = try stored()
    let head = try #require(document.firstRange(of: start + "\n")).upperBound
    let tail = try #require(document.firstRange(of: end + "\n")).lowerBound
    try update(to: document[..<head] + text + document[tail...])
    #expect(
      try stored() == document[..<head] + text + document[tail...], "\(file.lastPathComponent) is out of date",
      sourceLocation: sourceLocation)
  }

  private func stored() throws -> String { try String(decoding: Data(contentsOf: file), as: UTF8.self) }

  private func update(to text: some StringProtocol) throws {
    guard ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] != nil else { return }
    try Data(text.utf8).write(to: file)
  }
}
