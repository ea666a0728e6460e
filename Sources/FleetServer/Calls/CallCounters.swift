internal import NIOConcurrencyHelpers

/// Counts the calls and subscriptions of a server.
final class CallCounters: Sendable {
  /// Begun since the start, and running now.
  typealias Counts = (started: Int, running: Int)

  private let counts = NIOLockedValueBox((calls: Counts(0, 0), subscriptions: Counts(0, 0)))

  /// The counts of calls.
  var calls: Counts { counts.withLockedValue { $0.calls } }

  /// The counts of subscriptions.
  var subscriptions: Counts { counts.withLockedValue { $0.subscriptions } }

  func callStarted() {
    counts.withLockedValue {
      $0.calls.started += 1
      $0.calls.running += 1
    }
  }

  /// A call has begun and ended.
  func callAnsweredAtOnce() { counts.withLockedValue { $0.calls.started += 1 } }

  func callEnded() { counts.withLockedValue { $0.calls.running -= 1 } }

  func subscriptionStarted() {
    counts.withLockedValue {
      $0.subscriptions.started += 1
      $0.subscriptions.running += 1
    }
  }

  func subscriptionEnded() { counts.withLockedValue { $0.subscriptions.running -= 1 } }
}
