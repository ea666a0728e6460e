/// How long answers may take.
enum TimeLimit {
  /// Something took longer than it may.
  struct Passed: Error {
    let limit: Duration
  }

  /// For what the daemon knows by itself.
  static let usual = Duration.seconds(30)
  /// For whether it answers at all.
  static let health = Duration.seconds(10)
  /// For a refresh.
  ///
  /// The daemon gives an account some 30 seconds: for the usage, for a new login, and for the usage again. With 16
  /// accounts at a time that makes more than 300 accounts in the worst case, and many more in any other.
  static let refresh = Duration.seconds(600)
  /// How much later than the daemon, which keeps a refresh's limit itself, the client gives up.
  static let grace = Duration.seconds(10)
}

extension ConsoleClock {
  /// What `work` gives, which has to return at once when it is cancelled.
  ///
  /// - Throws: `TimeLimit.Passed` when it takes longer than it may, else what `work` throws.
  func value<Value: Sendable>(
    within limit: Duration, of work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      defer { group.cancelAll() }
      group.addTask { try await work() }
      group.addTask {
        try await pause(limit)
        return nil
      }
      guard let first = try await group.next(), let value = first else { throw TimeLimit.Passed(limit: limit) }
      return value
    }
  }
}
