/// An account as it is to stand in a store.
public struct StoredAccount: Sendable {
  /// The instant of rows that are declared without one.
  public static let usualInstant = "2026-01-01 09:00:00.000000"
  /// A reset that no test will live to see.
  public static let farReset: Int64 = 4_102_444_800

  /// The store's identifier.
  public var id: String
  /// The login's e-mail address.
  public var email: String
  /// The subscription plan's text.
  public var plan: String
  /// The status word.
  public var status: String
  /// The name the operator gave.
  public var alias: String?
  /// The provider's account identifier.
  public var chatGPTAccountID: String?
  /// The workspace the account is bound to.
  public var workspaceID: String?
  /// The workspace's name.
  public var workspaceLabel: String?
  /// The kind of seat.
  public var seatType: String?
  /// When the persisted limit ends, in Unix seconds.
  public var resetAt: Int64?
  /// When the account was last found limited, in Unix seconds.
  public var blockedAt: Int64?
  /// When the tokens were last renewed.
  public var lastRefresh = "2026-01-02 03:04:05.000000"
  /// When its deletion was asked for.
  public var deleteRequestedAt: String?
  /// The plain access token; it is stored encrypted.
  public var accessToken: String
  /// The plain refresh token; it is stored encrypted.
  public var refreshToken: String
  /// The members of the proxy pool it is bound to, in order; nil binds it to none.
  public var proxies: [StoredProxy]?
  /// Its usage rows.
  public var usage: [StoredUsage] = []
  /// Its rows of additional limits.
  public var additional: [StoredAdditionalUsage] = []

  /// Declares an account; tokens are `access-ID` and `refresh-ID` unless changed.
  public init(
    _ id: String, email: String? = nil, plan: String = "plus", status: String = "active", alias: String? = nil,
    workspaceID: String? = nil, resetAt: Int64? = nil, blockedAt: Int64? = nil
  ) {
    self.id = id
    self.email = email ?? id + "@example.com"
    self.plan = plan
    self.status = status
    self.alias = alias
    self.workspaceID = workspaceID
    self.resetAt = resetAt
    self.blockedAt = blockedAt
    chatGPTAccountID = "chatgpt-" + id
    accessToken = "access-" + id
    refreshToken = "refresh-" + id
  }

  /// The account with one more usage row.
  public func usage(
    _ window: String?, _ percent: Double, resetAt: Int64? = farReset, minutes: Int64? = 300,
    at recordedAt: String = usualInstant, creditsHas: Bool? = nil, creditsUnlimited: Bool? = nil,
    creditsBalance: Double? = nil
  ) -> StoredAccount {
    var copy = self
    copy.usage.append(
      StoredUsage(
        window: window, percent: percent, resetAt: resetAt, minutes: minutes, recordedAt: recordedAt,
        creditsHas: creditsHas, creditsUnlimited: creditsUnlimited, creditsBalance: creditsBalance))
    return copy
  }

  /// The account with one more row of an additional limit.
  public func additional(
    _ quotaKey: String, _ window: String, _ percent: Double, at recordedAt: String = usualInstant
  ) -> StoredAccount {
    var copy = self
    copy.additional.append(
      StoredAdditionalUsage(quotaKey: quotaKey, window: window, percent: percent, recordedAt: recordedAt))
    return copy
  }

  /// The account with whatever else `change` sets.
  public func with(_ change: (inout StoredAccount) -> Void) -> StoredAccount {
    var copy = self
    change(&copy)
    return copy
  }
}
