/// What the store says an account may be used for; the raw value is the stored and the published word.
public enum AccountStatus: String, Sendable, CaseIterable {
  /// Usable.
  case active
  /// Out of its short window's share until the reset.
  case rateLimited = "rate_limited"
  /// Out of its long window's share until the reset.
  case quotaExceeded = "quota_exceeded"
  /// Taken out of use by the operator.
  case paused
  /// Its login no longer works; somebody has to sign in again.
  case reauthRequired = "reauth_required"
  /// Ended by the provider.
  case deactivated

  /// Whether a refresh may ask the upstream about an account of this status.
  ///
  /// Paused accounts are the operator's decision; the other two cannot answer.
  public var isRefreshable: Bool {
    switch self {
    case .active, .rateLimited, .quotaExceeded: true
    case .paused, .reauthRequired, .deactivated: false
    }
  }
}
