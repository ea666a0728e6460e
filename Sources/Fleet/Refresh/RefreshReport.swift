/// The answer to a refresh call.
public struct RefreshReport: Hashable, Sendable {
  /// Whether at least one row was written, by this refresh or by a flight that it joined.
  public var usageWritten: Bool
  /// How many accounts are in scope.
  public var accountCount: Int
  /// How many of them have a refreshable status.
  public var attemptedCount: Int
  /// When the refresh ended.
  public var generatedAt: Timestamp
  /// One outcome per account in scope, ordered by e-mail address, then identifier.
  public var outcomes: [RefreshOutcome]

  /// Makes a report.
  public init(
    usageWritten: Bool, accountCount: Int, attemptedCount: Int, generatedAt: Timestamp, outcomes: [RefreshOutcome]
  ) {
    self.usageWritten = usageWritten
    self.accountCount = accountCount
    self.attemptedCount = attemptedCount
    self.generatedAt = generatedAt
    self.outcomes = outcomes
  }
}

/// Why a caller got no report.
public enum RefreshRefusal: Error, Sendable {
  /// The daemon stops: not admitted (no outcomes), or still running when the drain limit passed (the outcomes so far).
  case draining(outcomesSoFar: [RefreshOutcome])
  /// Too many refreshes run already.
  case overloaded
  /// The store could not be read, or may not be written.
  case storeUnavailable(StoreError)
  /// The caller stopped waiting; the refresh goes on.
  case waitCancelled
}
