import NIOConcurrencyHelpers

/// Holds back whoever comes to it, and tells how many have come.
final class Gate: Sendable {
  private struct State {
    var arrivals = 0
    var permits = 0
    var isOpen = false
    var held: [AsyncStream<Void>.Continuation] = []
    var observers: [(count: Int, continuation: AsyncStream<Void>.Continuation)] = []
  }

  private let state = NIOLockedValueBox(State())

  /// Arrives and waits to be let through; a cancelled task is let through at once.
  func pass() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    let (passes, reached) = state.withLockedValue { state in
      state.arrivals += 1
      let reached = state.observers.filter { $0.count <= state.arrivals }
      state.observers.removeAll { $0.count <= state.arrivals }
      if state.permits > 0 {
        state.permits -= 1
        return (true, reached)
      }
      if !state.isOpen { state.held.append(continuation) }
      return (state.isOpen, reached)
    }
    for observer in reached { observer.continuation.finish() }
    if passes { return }
    for await _ in stream {}
  }

  /// Returns when that many have arrived since the start.
  func arrived(_ count: Int) async {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    let isReached = state.withLockedValue { state in
      if state.arrivals < count { state.observers.append((count, continuation)) }
      return state.arrivals >= count
    }
    if isReached { return }
    for await _ in stream {}
  }

  /// Lets one through.
  func letOneThrough() {
    let first = state.withLockedValue { state -> AsyncStream<Void>.Continuation? in
      guard !state.held.isEmpty else {
        state.permits += 1
        return nil
      }
      return state.held.removeFirst()
    }
    first?.finish()
  }

  /// Lets everyone through from now on.
  func open() {
    let held = state.withLockedValue { state in
      state.isOpen = true
      defer { state.held = [] }
      return state.held
    }
    for continuation in held { continuation.finish() }
  }
}
