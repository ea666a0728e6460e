internal import JSON
internal import NIOConcurrencyHelpers

/// One subscription, between the connection's event loop and the task that reads it.
///
/// No waiter is ever resumed while the lock is held.
final class Subscription: Sendable {
  typealias Waiter = CheckedContinuation<ChangeBacklog, any Error>

  private let state = NIOLockedValueBox(SubscriptionState<Waiter>())
  private let unsubscribe: @Sendable (String) -> Void

  /// - Parameter unsubscribe: tells the daemon, by the subscription's name, that nobody reads any more; called at most
  ///   once, and never after the daemon has ended the subscription itself.
  init(unsubscribe: @escaping @Sendable (String) -> Void) { self.unsubscribe = unsubscribe }

  /// Waits for what has changed since the last time; returns at once when the calling task is cancelled.
  func next() async throws -> ChangeBacklog {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { waiter in
        state.withLockedValue { $0.ask(waiter) }?.carryOut()
      }
    } onCancel: {
      close()
    }
  }

  /// The daemon has begun it.
  func opened(as name: String, with snapshot: ChangeBacklog) {
    switch state.withLockedValue({ $0.opened(as: name, with: snapshot) }) {
    case .wanted(let telling): telling?.carryOut()
    case .unwanted: unsubscribe(name)
    }
  }

  /// The daemon tells of a change.
  func changed(_ change: ChangeBacklog) { state.withLockedValue { $0.changed(change) }?.carryOut() }

  /// Nothing more will come.
  func end(_ reason: any Error) { state.withLockedValue { $0.ended(reason) }?.carryOut() }

  /// Nobody wants to know any more.
  func close() {
    let (telling, name) = state.withLockedValue { $0.closed() }
    telling?.carryOut()
    if let name { unsubscribe(name) }
  }
}

extension SubscriptionState<Subscription.Waiter>.Telling {
  fileprivate func carryOut() { waiter.resume(with: news) }
}
