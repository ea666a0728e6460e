internal import NIOConcurrencyHelpers

/// How many upstream fetches may run at once, over all refreshes; whoever finds no free slot queues in order.
///
/// Waiting for a slot cannot be cancelled: only flights wait here, and nothing cancels those.
final class FetchSlots: Sendable {
  private struct State {
    var count: Int
    var used = 0
    var queue: [CheckedContinuation<Void, Never>] = []
    var head = 0

    /// Whoever waits longest, now with a slot; nil when nobody waits or all slots are in use.
    mutating func admitted() -> CheckedContinuation<Void, Never>? {
      guard used < count, head < queue.count else { return nil }
      used += 1
      let waiter = queue[head]
      head += 1
      if head * 2 >= queue.count {
        queue.removeFirst(head)
        head = 0
      }
      return waiter
    }
  }

  private let state: NIOLockedValueBox<State>

  /// Makes `count` free slots.
  init(_ count: Int) { state = NIOLockedValueBox(State(count: count)) }

  /// Runs `body` in a slot.
  func withSlot<Value: Sendable>(_ body: () async -> Value) async -> Value {
    await acquire()
    defer { release() }
    return await body()
  }

  /// Has so many slots from now on. Where there are fewer, nobody is sent out of one, but nobody else gets in.
  func resize(to count: Int) {
    let admitted = state.withLockedValue { state in
      state.count = count
      var admitted: [CheckedContinuation<Void, Never>] = []
      while let waiter = state.admitted() { admitted.append(waiter) }
      return admitted
    }
    for waiter in admitted { waiter.resume() }
  }

  private func acquire() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLockedValue { state in
        guard state.used >= state.count else {
          state.used += 1
          return true
        }
        state.queue.append(continuation)
        return false
      }
      if isFree { continuation.resume() }
    }
  }

  /// Hands the slot on to whoever waits longest, so that it is never free while somebody waits.
  private func release() {
    let waiter = state.withLockedValue { state in
      state.used -= 1
      return state.admitted()
    }
    waiter?.resume()
  }
}
