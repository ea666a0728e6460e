internal import NIOConcurrencyHelpers

/// The outcomes of a running refresh so far, for callers who cannot be kept waiting to its end.
final class RefreshProgress: Sendable {
  private let state = NIOLockedValueBox<[RefreshOutcome]>([])

  /// Adds an account's outcome.
  func add(_ outcome: RefreshOutcome) { state.withLockedValue { $0.append(outcome) } }

  /// The outcomes so far, in the order in which they came.
  var outcomes: [RefreshOutcome] { state.withLockedValue { $0 } }
}
