internal import NIOConcurrencyHelpers

/// The open subscriptions of one connection.
final class SubscriptionRegistry: Sendable {
  private enum Entry {
    /// Its answer is still on its way.
    case reserved
    case running(Task<Void, Never>)
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var lastNumber = 0
    var hasEnded = false
  }

  private let limit: Int
  private let state = NIOLockedValueBox(State())

  /// - Parameter limit: how many may be open at a time.
  init(limit: Int) { self.limit = limit }

  /// A new subscription's name, unique on the connection; nil when too many are open.
  func reserve() -> String? {
    state.withLockedValue { state in
      guard state.entries.count < limit else { return nil }
      state.lastNumber += 1
      let id = "subscription-\(state.lastNumber)"
      state.entries[id] = .reserved
      return id
    }
  }

  /// Runs a reserved subscription until it ends, is closed, or the connection ends.
  func run(_ id: String, _ work: @escaping @Sendable () async -> Void) {
    state.withLockedValue { state in
      let task = Task {
        await work()
        self.close(id)
      }
      // Closed before it began, it finds itself cancelled.
      if case .reserved? = state.entries[id], !state.hasEnded {
        state.entries[id] = .running(task)
      } else {
        task.cancel()
      }
    }
  }

  /// Ends a subscription.
  ///
  /// - Returns: whether it was open.
  @discardableResult
  func close(_ id: String) -> Bool {
    let entry = state.withLockedValue { $0.entries.removeValue(forKey: id) }
    if case .running(let task)? = entry { task.cancel() }
    return entry != nil
  }

  /// Ends all, now and later, and waits until the running ones have.
  func endAll() async {
    let entries = state.withLockedValue { state in
      state.hasEnded = true
      defer { state.entries = [:] }
      return state.entries
    }
    for case .running(let task) in entries.values {
      task.cancel()
      await task.value
    }
  }
}
