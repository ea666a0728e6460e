internal import GRDB

/// Whoever knows the store's state and follows the writes of this process from one to the next. Called by one writer at a
/// time, on the thread that writes.
protocol CommitFollower: Sendable {
  /// A write has done its work and is about to be committed.
  ///
  /// - Parameters:
  ///   - start: the version that it began with.
  ///   - db: sees what it has written.
  /// - Returns: the step to the state after it; nil when that is not known. One that is returned has to be `ended`.
  func step(from start: StoreVersion, over change: StateChange, _ db: Database) -> StateStep?

  /// The write was committed, or was not.
  ///
  /// - Parameter version: the store's version now; nil when it was not committed.
  func ended(_ step: StateStep, at version: StoreVersion?)
}
