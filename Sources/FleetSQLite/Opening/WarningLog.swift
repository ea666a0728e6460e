internal import NIOConcurrencyHelpers

/// Passes each warning on once, and counts all of them.
final class WarningLog: Sendable {
  /// Beyond so many different warnings, repetitions are no longer told from news, and nothing more is passed on.
  private static let capacity = 1_024

  private struct State {
    var seen: Set<StoreWarning> = []
    var count = 0
  }

  private let state = NIOLockedValueBox(State())
  private let report: @Sendable (StoreWarning) -> Void

  /// Passes warnings on to `report`.
  init(_ report: @escaping @Sendable (StoreWarning) -> Void) { self.report = report }

  /// How often something was passed over, repetitions included.
  var count: Int { state.withLockedValue { $0.count } }

  /// Takes note of something that was passed over.
  func note(_ warning: StoreWarning) {
    let isNew = state.withLockedValue { state in
      state.count += 1
      return state.seen.count < Self.capacity && state.seen.insert(warning).inserted
    }
    if isNew { report(warning) }
  }
}
