internal import Fleet

/// Whether and when a failed attempt is followed by another: a pure function of what happened.
struct RetryPolicy: Sendable {
  /// For all attempts and the pauses between them.
  let timeLimit: Duration

  /// How often a question is asked at most.
  static let attempts = 3
  private static let firstPause = Duration.milliseconds(500)
  private static let longestPause = Duration.seconds(2)
  private static let retriedStatuses: Set<Int> = [408, 429, 500, 502, 503, 504]

  /// How long to wait before the next attempt, nil when there is to be none.
  ///
  /// Pauses double, and are shortened at random by up to half so that many askers do not come back at once. What the
  /// server asks for counts instead, as far as it fits within the limit.
  ///
  /// - Parameters:
  ///   - attempt: the number of the attempt that failed, from 1.
  ///   - elapsed: since the first attempt began.
  ///   - jitter: a random number, 0 to 1.
  func pause(after failure: UpstreamFailure, attempt: Int, elapsed: Duration, jitter: Double) -> Duration? {
    guard attempt < Self.attempts, Self.mayPass(failure) else { return nil }
    let longest = min(Self.firstPause * (1 << (attempt - 1)), Self.longestPause)
    let pause = failure.retryAfter ?? longest * (1 - jitter / 2)
    return elapsed + pause < timeLimit ? pause : nil
  }

  private static func mayPass(_ failure: UpstreamFailure) -> Bool {
    switch failure.kind {
    case .status(let status): retriedStatuses.contains(status)
    case .unreachable, .proxyUnreachable: true
    case .timedOut, .invalidPayload: false
    }
  }
}
