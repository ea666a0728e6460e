internal import Dispatch
internal import Glibc
internal import NIOConcurrencyHelpers

/// Lines on their way into a file: whoever has one to write waits for nobody, however slowly they are read.
///
/// A thread of its own writes them. How much may wait for it is bounded; a line beyond that is lost, and after those that
/// waited it is told how many were.
final class LogStream: Sendable {
  private struct Waiting {
    var bytes: [UInt8] = []
    var lostLines = 0
    var isBeingWritten = false
  }

  /// How many bytes may wait.
  static let capacity = 1 << 20
  /// How long the end of the process waits for its last words to be written.
  static let lastWait = Duration.seconds(5)

  private let file: Int32
  private let notice: @Sendable (_ lostLines: Int) -> [UInt8]
  private let queue = DispatchQueue(label: "codex-fleetd.log")
  private let waiting = NIOLockedValueBox(Waiting())

  /// - Parameters:
  ///   - file: what is written to; it has to stay open.
  ///   - notice: the line, with its end, that says so many are lost.
  init(_ file: Int32, notice: @escaping @Sendable (_ lostLines: Int) -> [UInt8]) {
    self.file = file
    self.notice = notice
  }

  /// Has a line written, with its end, after those that were given before.
  func write(_ line: [UInt8]) {
    let begins = waiting.withLockedValue { waiting in
      // A shorter one does not slip in behind one that was lost.
      guard waiting.lostLines == 0, waiting.bytes.count + line.count <= Self.capacity else {
        waiting.lostLines += 1
        return false
      }
      waiting.bytes += line
      defer { waiting.isBeingWritten = true }
      return !waiting.isBeingWritten
    }
    if begins { queue.async { self.writeWaiting() } }
  }

  /// Returns when all lines are written that were given before, or when the limit has passed.
  func flush(within limit: Duration) async {
    await withCheckedContinuation { continuation in
      let caller = NIOLockedValueBox<CheckedContinuation<Void, Never>?>(continuation)
      let end: @Sendable () -> Void = { caller.withLockedValue { $0.take() }?.resume() }
      queue.async(execute: end)
      DispatchQueue.global().asyncAfter(
        deadline: .now() + .milliseconds(Int(limit / .milliseconds(1))), execute: end)
    }
  }

  private func writeWaiting() {
    while let bytes = takeWaiting() { writeNow(bytes) }
  }

  private func takeWaiting() -> [UInt8]? {
    waiting.withLockedValue { waiting in
      guard !waiting.bytes.isEmpty else {
        waiting.isBeingWritten = false
        return nil
      }
      defer { waiting = Waiting(isBeingWritten: true) }
      return waiting.lostLines > 0 ? waiting.bytes + notice(waiting.lostLines) : waiting.bytes
    }
  }

  /// Waits for room as long as it takes. What cannot be written at all has nobody left to be told.
  private func writeNow(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if errno == EAGAIN {
        // Somebody who shares the file has made it non-blocking.
        var ready = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
        _ = poll(&ready, 1, -1)
      } else if errno != EINTR {
        return
      }
    }
  }
}
