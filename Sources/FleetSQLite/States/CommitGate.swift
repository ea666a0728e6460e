internal import NIOConcurrencyHelpers

/// Holds back who wants the state while a write is being committed whose outcome will be known without reading.
final class CommitGate: Sendable {
  private struct State {
    var isClosed = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = NIOLockedValueBox(State())

  /// How many are held back.
  var waitingCount: Int { state.withLockedValue { $0.waiting.count } }

  /// A commit begins. One at a time.
  func close() { state.withLockedValue { $0.isClosed = true } }

  /// It has ended, and the outcome is known if it ever will be.
  func open() {
    let waiting = state.withLockedValue { state in
      defer { state = State() }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Returns when no commit is under way, at once if none is.
  ///
  /// - Returns: whether there was one.
  func pass() async -> Bool {
    guard state.withLockedValue({ $0.isClosed }) else { return false }
    await withCheckedContinuation { continuation in
      let isOpen = state.withLockedValue { state in
        if state.isClosed { state.waiting.append(continuation) }
        return !state.isClosed
      }
      if isOpen { continuation.resume() }
    }
    return true
  }
}
