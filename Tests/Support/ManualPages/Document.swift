internal import Foundation
public import Testing

/// A text of the project, parts of which follow from the code.
///
/// After a wanted change, run the tests once with `UPDATE_SNAPSHOTS=1` in the environment and review the difference.
public struct Document {
  private let file: URL

  /// - Parameter path: from the project's top.
  public init(_ path: String) {
    let top = (0..<4).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
    file = top.appending(path: path)
  }

  /// Expects that this text, and nothing else, stands between two lines of the document.
  public func expect(
    _ text: String, between start: String, and end: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let document = try stored()
    let head = try #require(document.firstRange(of: start + "\n"), "no line \(start)").upperBound
    let tail = try #require(document[head...].firstRange(of: end + "\n"), "no line \(end)").lowerBound
    let wanted = document[..<head] + text + document[tail...]
    if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] != nil { try Data(wanted.utf8).write(to: file) }
    #expect(try stored() == wanted, "\(file.lastPathComponent) is out of date", sourceLocation: sourceLocation)
  }

  private func stored() throws -> String { try String(decoding: Data(contentsOf: file), as: UTF8.self) }
}
