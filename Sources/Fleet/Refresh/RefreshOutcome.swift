/// What a refresh did about one account.
public struct RefreshOutcome: Hashable, Sendable {
  /// The kinds of outcome; the raw value is the published word.
  public enum Result: String, Hashable, Sendable, CaseIterable {
    /// The upstream was asked and its answer processed.
    case written
    /// The last sample is recent enough; the upstream was not asked.
    case fresh
    /// The upstream refused the login lately and is left alone for a while.
    case coolingDown
    /// The account may not be refreshed now.
    case skipped
    /// The answer was about another identity; nothing was written.
    case rejected
    /// The attempt failed; nothing was written.
    case failed
  }

  /// The account.
  public var accountID: AccountID
  /// What happened.
  public var result: Result
  /// Why, where `result` alone does not say it.
  public var reason: RefreshReason?
  /// When the sample that now counts was taken.
  public var observedAt: Timestamp?
  /// The end of a cool-down, or of the pause that the upstream asked for.
  public var blockedUntil: Timestamp?

  /// Makes an outcome.
  public init(
    accountID: AccountID, result: Result, reason: RefreshReason? = nil, observedAt: Timestamp? = nil,
    blockedUntil: Timestamp? = nil
  ) {
    self.accountID = accountID
    self.result = result
    self.reason = reason
    self.observedAt = observedAt
    self.blockedUntil = blockedUntil
  }
}

/// A stable code for why an account was not refreshed; never upstream text.
public struct RefreshReason: RawRepresentable, Hashable, Sendable {
  /// The published code.
  public let rawValue: String

  /// Wraps a code.
  public init(rawValue: String) { self.rawValue = rawValue }

  private init(_ code: String) { rawValue = code }

  private init(_ prefix: String, status: Int) {
    rawValue = prefix + ((500...599).contains(status) ? "5xx" : "\(status)")
  }

  /// The configuration switches refreshes off.
  public static let refreshDisabled = RefreshReason("refresh_disabled")
  /// The account's status is not a refreshable one, or the upstream has just ended it.
  public static func status(_ status: AccountStatus) -> RefreshReason { RefreshReason(status.rawValue) }
  /// Deleted, or no longer refreshable, while it was being looked at.
  public static let changedMeanwhile = RefreshReason("changed_meanwhile")
  /// The payload names another workspace or an implausible plan.
  public static let identityMismatch = RefreshReason("identity_mismatch")
  /// The payload makes a paid account a free one, for the first time in a row.
  public static let identityUnverified = RefreshReason("identity_unverified")
  /// The payload names a workspace that another account of the same login has already.
  public static let workspaceTaken = RefreshReason("workspace_taken")
  /// The payload was valid, but reported no window.
  public static let noUsageReported = RefreshReason("no_usage_reported")
  /// The upstream answered with this HTTP status.
  public static func upstreamStatus(_ status: Int) -> RefreshReason { RefreshReason("upstream_", status: status) }
  /// No complete answer in time.
  public static let upstreamTimeout = RefreshReason("upstream_timeout")
  /// The upstream could not be reached.
  public static let upstreamUnreachable = RefreshReason("upstream_unreachable")
  /// The answer was not a valid usage payload.
  public static let upstreamPayloadInvalid = RefreshReason("upstream_payload_invalid")
  /// The access token was refused, and the login service answered with this HTTP status when it was to be renewed.
  public static func exchangeStatus(_ status: Int) -> RefreshReason { RefreshReason("exchange_", status: status) }
  /// The access token was refused, and the login service gave no complete answer in time.
  public static let exchangeTimeout = RefreshReason("exchange_timeout")
  /// The access token was refused, and the login service could not be reached.
  public static let exchangeUnreachable = RefreshReason("exchange_unreachable")
  /// The access token was refused, and the login service's answer did not have all new tokens.
  public static let exchangePayloadInvalid = RefreshReason("exchange_payload_invalid")
  /// The access token was refused, and another process that was renewing it took too long.
  public static let exchangeClaimed = RefreshReason("exchange_claimed")
  /// The account must go through a proxy that cannot be used.
  public static let proxyUnavailable = RefreshReason("proxy_unavailable")
  /// The stored token does not fit the encryption key.
  public static let tokenUndecryptable = RefreshReason("token_undecryptable")
  /// There is no stored token.
  public static let tokenMissing = RefreshReason("token_missing")
  /// The store could not be read or written.
  public static let storeUnavailable = RefreshReason("store_unavailable")
  /// Too many waiters or flights.
  public static let overloaded = RefreshReason("overloaded")
  /// The daemon stops.
  public static let draining = RefreshReason("draining")
}
