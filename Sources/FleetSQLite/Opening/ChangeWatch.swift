internal import NIOConcurrencyHelpers

/// Tells whoever listens that something was committed to the store.
///
/// Own commits are told at once. For those of other processes the store is asked twice a second, as long as anybody
/// listens; it costs no look at any table.
final class ChangeWatch: Sendable {
  private struct State {
    var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
    var lastNumber = 0
    var asking: Task<Void, Never>?
    var isClosed = false
  }

  private static let interval = Duration.milliseconds(500)

  private let state = NIOLockedValueBox(State())
  private let version: @Sendable () async -> StoreVersion?

  /// - Parameter version: which state the store is in; nil when it cannot be read.
  init(version: @escaping @Sendable () async -> StoreVersion?) { self.version = version }

  /// Yields after a commit; several that nobody has looked at yet count as one. Ends when the store is closed.
  func changes() -> AsyncStream<Void> {
    let (changes, listener) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let number = state.withLockedValue { state -> Int? in
      guard !state.isClosed else { return nil }
      state.lastNumber += 1
      state.listeners[state.lastNumber] = listener
      if state.asking == nil { state.asking = Task { await self.ask() } }
      return state.lastNumber
    }
    if let number {
      listener.onTermination = { [self] _ in forget(number) }
    } else {
      listener.finish()
    }
    return changes
  }

  /// Something was committed.
  func committed() {
    let listeners = state.withLockedValue { Array($0.listeners.values) }
    for listener in listeners { listener.yield() }
  }

  /// Ends all streams.
  func close() {
    let (listeners, asking) = state.withLockedValue { state in
      state.isClosed = true
      return (Array(state.listeners.values), state.asking)
    }
    asking?.cancel()
    for listener in listeners { listener.finish() }
  }

  private func forget(_ number: Int) {
    let asking = state.withLockedValue { state -> Task<Void, Never>? in
      state.listeners[number] = nil
      guard state.listeners.isEmpty else { return nil }
      defer { state.asking = nil }
      return state.asking
    }
    asking?.cancel()
  }

  private func ask() async {
    var last = await version()
    // Whatever was committed before this was read may have been missed by those who have looked already.
    committed()
    while (try? await Task.sleep(for: Self.interval)) != nil {
      let current = await version()
      if current != last { committed() }
      last = current
    }
  }
}
