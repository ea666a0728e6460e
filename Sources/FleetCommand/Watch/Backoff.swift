/// How long to wait between attempts: a quarter of a second at first, twice as long each time, eight seconds at most.
struct Backoff: Sendable {
  private var nextPause = Duration.milliseconds(250)

  /// The wait before the next attempt.
  mutating func pause() -> Duration {
    defer { nextPause = min(nextPause * 2, .seconds(8)) }
    return nextPause
  }
}
