/// An account as a refresh looks at it.
public struct RefreshCandidate: Hashable, Sendable {
  /// The account.
  public var account: Account
  /// The latest row of each main window.
  public var latest: LatestUsage
  /// When the newest additional-usage row was taken.
  public var additionalRecordedAt: Timestamp?
  /// The way its requests must take; nil when it must take one that cannot be found, so that nothing is asked at all.
  public var route: UpstreamRoute?
  /// Why the account was last taken out of use; compared before its status is changed, and never shown.
  public var deactivationReason: String?

  /// Makes a candidate of what was read.
  public init(
    account: Account, latest: LatestUsage, additionalRecordedAt: Timestamp?, route: UpstreamRoute?,
    deactivationReason: String? = nil
  ) {
    self.account = account
    self.latest = latest
    self.additionalRecordedAt = additionalRecordedAt
    self.route = route
    self.deactivationReason = deactivationReason
  }
}
