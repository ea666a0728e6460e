internal import Dispatch
internal import Glibc
internal import NIOConcurrencyHelpers

/// Draws on a terminal from a thread of its own: a terminal that takes nothing more holds up nobody else.
final class ScreenWriter: Sendable {
  private let file: ScreenFile
  private let queue = DispatchQueue(label: "codex-fleet.screen")
  private let isAbandoned = NIOLockedValueBox(false)

  init(_ file: ScreenFile) { self.file = file }

  /// Writes a text, which is asked for when its turn has come; it is unwanted when there is none by then, or when it was
  /// abandoned before its end.
  func write(_ text: @escaping @Sendable () -> String?) async -> OutputStream.Writing {
    await withCheckedContinuation { writer in
      queue.async { writer.resume(returning: text().map { self.writeNow($0) } ?? .unwanted) }
    }
  }

  /// Gives up what is being written; returns, soon, when nothing is written any more.
  func abandon() {
    isAbandoned.withLockedValue { $0 = true }
    queue.sync {}
    isAbandoned.withLockedValue { $0 = false }
  }

  /// Writes what is the last, see `ScreenFile.writeLast`.
  func writeLast(_ text: String) {
    abandon()
    Array(text.utf8).withUnsafeBytes { file.writeLast($0) }
  }

  private func writeNow(_ text: String) -> OutputStream.Writing {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      if isAbandoned.withLockedValue({ $0 }) { return .unwanted }
      guard let written = rest.withUnsafeBytes({ file.write($0, waiting: 20) }) else {
        return .failed(String(cString: strerror(errno)))
      }
      rest = rest.dropFirst(written)
    }
    return .done
  }
}
