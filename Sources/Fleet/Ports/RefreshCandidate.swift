/// An account as a refresh looks at it.
public struct RefreshCandidate: Hashable, Sendable {
  /// The account.
  public var account: Account
  /// The latest row of each main window.
  public var latest: LatestUsage
  /// When the newest additional-usage row was taken.
  public var additionalRecordedAt: Timestamp?
  /// The way its requests must take.
  public var route: UpstreamRoute

  /// Makes a candidate of what was read.
  public init(account: Account, latest: LatestUsage, additionalRecordedAt: Timestamp?, route: UpstreamRoute) {
    self.account = account
    self.latest = latest
    self.additionalRecordedAt = additionalRecordedAt
    self.route = route
  }
}

/// The way an account's requests take to the upstream.
public enum UpstreamRoute: Hashable, Sendable {
  /// Straight.
  case direct
  /// Through a proxy that this version cannot use, so not at all: a bound account never connects directly.
  case unavailable
}
