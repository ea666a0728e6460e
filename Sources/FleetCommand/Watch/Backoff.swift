/// How long to wait between attempts: a quarter of a second at first, twice as long each time, eight seconds at most; up to
/// a half less by chance, so that those who were cut off together do not come back together.
struct Backoff: Sendable {
  private static let shortest = Duration.milliseconds(250)
  private static let longest = Duration.seconds(8)
  private var nextPause = shortest

  /// The wait before the next attempt.
  ///
  /// - Parameters:
  ///   - lived: how long the connection that was lost had lasted; nil when there was none. Only one that outlived the
  ///     longest wait lets the waits begin anew: a daemon that dies as soon as it has answered is not there.
  ///   - chance: from 0 to 1.
  mutating func pause(after lived: Duration? = nil, chance: Double) -> Duration {
    if let lived, lived > Self.longest { nextPause = Self.shortest }
    defer { nextPause = min(nextPause * 2, Self.longest) }
    return nextPause * (1 - chance / 2)
  }
}
