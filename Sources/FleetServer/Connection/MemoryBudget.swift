internal import NIOConcurrencyHelpers

/// How many bytes wait for clients, over all connections: lines that have begun, and answers that are not read.
final class MemoryBudget: Sendable {
  private let limit: Int
  private let used = NIOLockedValueBox(0)

  /// - Parameter limit: how many may wait before those who hold much are cut off.
  init(limit: Int) { self.limit = limit }

  /// Takes note of what a connection holds now and held before.
  ///
  /// - Returns: whether everything together is within the limit.
  func update(from before: Int, to now: Int) -> Bool {
    guard before != now else { return true }
    return used.withLockedValue { used in
      used += now - before
      return used <= limit
    }
  }

  /// How many bytes wait now.
  var bytesWaiting: Int { used.withLockedValue { $0 } }
}
