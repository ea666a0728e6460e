internal import NIOConcurrencyHelpers

/// Counts the calls of a server.
final class CallCounters: Sendable {
  private let counts = NIOLockedValueBox((started: 0, inFlight: 0))

  /// Calls begun since the start, and calls that run now.
  var current: (started: Int, inFlight: Int) { counts.withLockedValue { $0 } }

  func callStarted() {
    counts.withLockedValue {
      $0.started += 1
      $0.inFlight += 1
    }
  }

  func callEnded() { counts.withLockedValue { $0.inFlight -= 1 } }
}
