internal import NIOConcurrencyHelpers

/// Holds back whoever comes to it until the test lets them through, and tells how many have come.
///
/// Those whom it holds back cannot be cancelled, unless they say so: work that never ends unless the test says so is what
/// most of these tests need.
public final class Gate: Sendable {
  private struct State {
    var arrivals = 0
    var permits = 0
    var isOpen = false
    var held: [@Sendable () -> Void] = []
    var watchers: [(count: Int, signal: AsyncStream<Never>.Continuation)] = []
  }

  private let state = NIOLockedValueBox(State())

  /// Makes a closed gate.
  public init() {}

  /// Arrives, and waits to be let through.
  public func pass() async {
    await withCheckedContinuation { continuation in arrive { continuation.resume() } }
  }

  /// Arrives, and waits to be let through or cancelled, as the caller of work does that goes on without it.
  public func passUnlessCancelled() async {
    let (released, signal) = AsyncStream.makeStream(of: Never.self)
    arrive { signal.finish() }
    for await _ in released {}
  }

  private func arrive(_ release: @escaping @Sendable () -> Void) {
    let (passes, reached) = state.withLockedValue { state in
      state.arrivals += 1
      let arrivals = state.arrivals
      let reached = state.watchers.filter { $0.count <= arrivals }
      state.watchers.removeAll { $0.count <= arrivals }
      if state.isOpen { return (true, reached) }
      if state.permits > 0 {
        state.permits -= 1
        return (true, reached)
      }
      state.held.append(release)
      return (false, reached)
    }
    if passes { release() }
    for watcher in reached { watcher.signal.finish() }
  }

  /// Returns when so many have arrived since the start, or the task is cancelled.
  public func arrivals(_ count: Int) async {
    let (reached, signal) = AsyncStream.makeStream(of: Never.self)
    let isReached = state.withLockedValue { state in
      if state.arrivals < count { state.watchers.append((count, signal)) }
      return state.arrivals >= count
    }
    if isReached { return }
    for await _ in reached {}
  }

  /// How many have arrived since the start.
  public var arrived: Int { state.withLockedValue { $0.arrivals } }

  /// Lets so many through, those who wait longest first, then those who come next.
  public func letThrough(_ count: Int = 1) {
    let released = state.withLockedValue { state in
      let released = Array(state.held.prefix(count))
      state.held.removeFirst(released.count)
      state.permits += count - released.count
      return released
    }
    for release in released { release() }
  }

  /// Lets everybody through from now on.
  public func open() {
    let released = state.withLockedValue { state in
      state.isOpen = true
      defer { state.held = [] }
      return state.held
    }
    for release in released { release() }
  }
}
