internal import NIOConcurrencyHelpers

/// How many upstream fetches may run at once, over all refreshes; whoever finds no free slot queues in order.
///
/// Waiting for a slot cannot be cancelled: only flights wait here, and nothing cancels those.
final class FetchSlots: Sendable {
  private struct State {
    var free: Int
    var queue: [CheckedContinuation<Void, Never>] = []
    var head = 0

    mutating func next() -> CheckedContinuation<Void, Never>? {
      guard head < queue.count else {
        free += 1
        return nil
      }
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
  init(_ count: Int) { state = NIOLockedValueBox(State(free: count)) }

  /// Runs `body` in a slot.
  func withSlot<Value: Sendable>(_ body: () async -> Value) async -> Value {
    await acquire()
    defer { release() }
    return await body()
  }

  private func acquire() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLockedValue { state in
        guard state.free == 0 else {
          state.free -= 1
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
    state.withLockedValue { $0.next() }?.resume()
  }
}
