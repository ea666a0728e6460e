internal import NIOConcurrencyHelpers

/// How refreshes are done, as far as it may change while they run.
public struct RefreshSettings: Hashable, Sendable {
  /// Whether the upstream is asked at all.
  public var isEnabled: Bool
  /// How long a sample counts as fresh.
  public var interval: Duration
  /// Upstream fetches at once, over all refreshes.
  public var concurrentFetches: Int

  /// Makes settings.
  public init(isEnabled: Bool = true, interval: Duration = .seconds(60), concurrentFetches: Int = 16) {
    self.isEnabled = isEnabled
    self.interval = interval
    self.concurrentFetches = concurrentFetches
  }
}

/// The settings as they stand now.
final class LiveRefreshSettings: Sendable {
  private let settings: NIOLockedValueBox<RefreshSettings>

  /// Begins with `settings`.
  init(_ settings: RefreshSettings) { self.settings = NIOLockedValueBox(settings) }

  /// What holds for a decision made now.
  var current: RefreshSettings { settings.withLockedValue { $0 } }

  /// The policy that follows from them now.
  var policy: RefreshPolicy {
    let current = current
    return RefreshPolicy(isEnabled: current.isEnabled, interval: current.interval)
  }

  /// Puts other settings in force, for every decision from now on.
  func replace(with other: RefreshSettings) { settings.withLockedValue { $0 = other } }
}
