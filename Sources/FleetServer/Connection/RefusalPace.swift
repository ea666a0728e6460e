/// When to log that connections were refused, or failed: the first one at once, then at most once in a pause, with their
/// number, so that nobody can fill the log by knocking.
struct RefusalPace {
  private var isPausing = false
  private var unsaid = 0

  /// A connection was refused.
  ///
  /// - Returns: whether to say so now; a pause begins then, and `pauseEnded` is to be called after it.
  mutating func refused() -> Bool {
    guard isPausing else {
      isPausing = true
      return true
    }
    unsaid += 1
    return false
  }

  /// A pause is over.
  ///
  /// - Returns: how many were refused during it, which is to be said; unless there were none, another pause begins.
  mutating func pauseEnded() -> Int {
    defer { unsaid = 0 }
    isPausing = unsaid > 0
    return unsaid
  }
}
