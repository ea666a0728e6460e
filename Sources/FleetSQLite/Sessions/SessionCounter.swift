internal import Fleet
internal import NIOConcurrencyHelpers

/// Counts sessions as they are opened and closed.
final class SessionCounter: Sendable {
  private let box = NIOLockedValueBox(SessionCounts(opened: 0, open: 0))

  /// The counts so far.
  var counts: SessionCounts { box.withLockedValue { $0 } }

  /// Counts an opened session.
  func opened() {
    box.withLockedValue { counts in
      counts.opened += 1
      counts.open += 1
    }
  }

  /// Counts a closed session.
  func closed() { box.withLockedValue { $0.open -= 1 } }
}
