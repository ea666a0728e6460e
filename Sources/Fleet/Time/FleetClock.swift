/// Where the core's time comes from.
///
/// Wall time stands in answers and rows and may jump; whatever is a span (freshness of an own fetch, a cool-down, a
/// wait) is measured on `uptime`, which never does.
public protocol FleetClock: Sendable {
  /// The wall clock's time, UTC.
  var now: Timestamp { get }

  /// Time since an arbitrary fixed point, never going backwards.
  var uptime: Duration { get }

  /// Returns after `duration` of `uptime`.
  ///
  /// - Throws: `CancellationError` as soon as the calling task is cancelled.
  func sleep(for duration: Duration) async throws
}
