internal import NIOConcurrencyHelpers

/// The subscriptions of one connection.
final class SubscriptionRegistry: Sendable {
  private enum Entry {
    /// Its answer is still on its way.
    case reserved
    case running(Task<Void, Never>)
    /// It was closed, and its last work has not ended yet.
    case ending(Task<Void, Never>)

    var isOpen: Bool {
      switch self {
      case .reserved, .running: true
      case .ending: false
      }
    }
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
      guard state.entries.values.count(where: \.isOpen) < limit else { return nil }
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
        self.state.withLockedValue { $0.entries[id] = nil }
      }
      // Closed before it began, it finds itself cancelled.
      if case .reserved? = state.entries[id], !state.hasEnded {
        state.entries[id] = .running(task)
      } else {
        task.cancel()
        state.entries[id] = .ending(task)
      }
    }
  }

  /// Whether a subscription may still tell anything.
  func isOpen(_ id: String) -> Bool { state.withLockedValue { $0.entries[id]?.isOpen == true } }

  /// Ends a subscription, which tells nothing from now on.
  ///
  /// - Returns: whether it was open.
  @discardableResult
  func close(_ id: String) -> Bool {
    let entry = state.withLockedValue { state in
      let entry = state.entries[id]
      if case .running(let task)? = entry { state.entries[id] = .ending(task) }
      if case .reserved? = entry { state.entries[id] = nil }
      return entry
    }
    if case .running(let task)? = entry { task.cancel() }
    return entry?.isOpen == true
  }

  /// Ends all, now and later, and waits until their last work has ended.
  func endAll() async {
    let entries = state.withLockedValue { state in
      state.hasEnded = true
      return state.entries.values.map(\.self)
    }
    for entry in entries {
      switch entry {
      case .reserved: break
      case .running(let task), .ending(let task):
        task.cancel()
        await task.value
      }
    }
  }
}
