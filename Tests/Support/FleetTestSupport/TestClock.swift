public import Fleet
internal import NIOConcurrencyHelpers

/// A clock that stands still until the test moves it.
public final class TestClock: FleetClock {
  private struct Sleeper {
    var deadline: Duration
    var continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now: Timestamp
    var uptime: Duration
    var lastSleeper: UInt64 = 0
    var sleepers: [UInt64: Sleeper] = [:]
    var watchers: [(count: Int, signal: AsyncStream<Never>.Continuation)] = []

    mutating func takeReachedWatchers() -> [AsyncStream<Never>.Continuation] {
      let count = sleepers.count
      defer { watchers.removeAll { $0.count <= count } }
      return watchers.filter { $0.count <= count }.map(\.signal)
    }
  }

  private let state: NIOLockedValueBox<State>

  /// Makes a clock that shows `now`; its uptime starts at an odd value, so that nobody takes it for wall time.
  public init(now: Timestamp, uptime: Duration = .seconds(4_711)) {
    state = NIOLockedValueBox(State(now: now, uptime: uptime))
  }

  /// The wall clock's time.
  public var now: Timestamp { state.withLockedValue { $0.now } }

  /// The time that never goes backwards.
  public var uptime: Duration { state.withLockedValue { $0.uptime } }

  /// Lets time pass, on both clocks, and wakes who has slept long enough.
  public func advance(by duration: Duration) {
    let woken = state.withLockedValue { state in
      state.now = state.now.advanced(by: duration)
      state.uptime += duration
      let uptime = state.uptime
      let woken = state.sleepers.filter { $0.value.deadline <= uptime }
      for id in woken.keys { state.sleepers[id] = nil }
      return woken.values.map(\.continuation)
    }
    for continuation in woken { continuation.resume() }
  }

  /// Sets the wall clock alone, as an operator or a time service does.
  public func setWall(_ now: Timestamp) { state.withLockedValue { $0.now = now } }

  /// Suspends until the clock was advanced by `duration`.
  public func sleep(for duration: Duration) async throws {
    let id = state.withLockedValue { state in
      state.lastSleeper += 1
      return state.lastSleeper
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let (isOver, watchers) = state.withLockedValue { state in
          guard duration > .zero else { return (true, [AsyncStream<Never>.Continuation]()) }
          state.sleepers[id] = Sleeper(deadline: state.uptime + duration, continuation: continuation)
          return (false, state.takeReachedWatchers())
        }
        if isOver { continuation.resume() } else if Task.isCancelled { cancel(id) }
        for watcher in watchers { watcher.finish() }
      }
    } onCancel: {
      cancel(id)
    }
  }

  /// Returns as soon as so many sleep at once, or the task is cancelled.
  public func sleepers(_ count: Int) async {
    let (reached, signal) = AsyncStream.makeStream(of: Never.self)
    let isReached = state.withLockedValue { state in
      if state.sleepers.count < count { state.watchers.append((count, signal)) }
      return state.sleepers.count >= count
    }
    if isReached { return }
    for await _ in reached {}
  }

  /// How many sleep now.
  public var sleeperCount: Int { state.withLockedValue { $0.sleepers.count } }

  private func cancel(_ id: UInt64) {
    state.withLockedValue { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
  }
}
