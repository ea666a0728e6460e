internal import NIOConcurrencyHelpers

/// When somebody last asked for something.
public final class CallActivity: Sendable {
  private let lastCall: NIOLockedValueBox<Duration>

  /// Begins as if somebody had just asked.
  public init(clock: any FleetClock) { lastCall = NIOLockedValueBox(clock.uptime) }

  /// Somebody asks.
  func note(at uptime: Duration) { lastCall.withLockedValue { $0 = max($0, uptime) } }

  /// Whether nobody has asked for `span`.
  func isIdle(for span: Duration, now uptime: Duration) -> Bool { uptime - lastCall.withLockedValue { $0 } >= span }
}
