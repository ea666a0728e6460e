import NIOConcurrencyHelpers

extension NIOLockedValueBox<Int> {
  /// Counts up, and tells how far it has come.
  func next() -> Int {
    withLockedValue { count in
      count += 1
      return count
    }
  }
}
