internal import DequeModule
internal import Dispatch
internal import NIOConcurrencyHelpers

/// One thing after the other, off the cooperative pool; what is urgent goes before what waits already.
final class StoreTurns: Sendable {
  /// How soon a piece of work has to get its turn.
  enum Urgency: Sendable {
    /// After what came before it.
    case usual
    /// Next: it holds what exists nowhere else.
    case urgent
  }

  private struct Waiting: Sendable {
    var usual: Deque<@Sendable () -> Void> = []
    var urgent: Deque<@Sendable () -> Void> = []
  }

  private let queue = DispatchQueue(label: "fleet.store")
  private let waiting = NIOLockedValueBox(Waiting())

  /// Runs `work`, which may block, when it is its turn.
  func result<Value: Sendable>(
    _ urgency: Urgency, _ work: @escaping @Sendable () throws -> Value
  ) async -> Result<Value, any Error> {
    await withCheckedContinuation { continuation in
      let job: @Sendable () -> Void = { continuation.resume(returning: Result(catching: work)) }
      waiting.withLockedValue { waiting in
        switch urgency {
        case .usual: waiting.usual.append(job)
        case .urgent: waiting.urgent.append(job)
        }
      }
      // As many turns as jobs, whichever job each of them takes.
      queue.async { self.next()?() }
    }
  }

  /// How many pieces of work wait for their turn.
  var waitingCount: Int { waiting.withLockedValue { $0.usual.count + $0.urgent.count } }

  private func next() -> (@Sendable () -> Void)? {
    waiting.withLockedValue { $0.urgent.popFirst() ?? $0.usual.popFirst() }
  }
}
