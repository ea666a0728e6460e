extension FleetClient {
  /// The fleet's accounts at one instant.
  public struct Summary: Hashable, Sendable {
    /// The accounts, ordered by e-mail address.
    public var accounts: [Account]
    /// When the answer was made.
    public var generatedAt: Instant
  }

  /// One account as the token may see it.
  public struct Account: Hashable, Sendable {
    /// The account's identifier.
    public var id: String
    /// Its alias, else its e-mail address.
    public var displayName: String
    /// The login's e-mail address.
    public var email: String
    /// Whether it can be used.
    public var status: AccountStatus
    /// The plan's name.
    public var plan: String
    /// The short window.
    public var primary: Window
    /// The long window.
    public var secondary: Window
    /// The month, for plans that are counted by month; blank when the daemon does not tell it.
    public var monthly: Window
    /// When its OAuth tokens were last renewed; nil when unknown or not to be seen.
    public var tokensRefreshedAt: Instant?
    /// When its usage was last looked at; nil when never or not to be seen.
    public var usageRefreshedAt: Instant?
  }

  /// What is left in one window; all nil when there is nothing to show.
  public struct Window: Hashable, Sendable {
    /// The share that is left, in percent, 0 or more.
    public var remainingPercent: Double?
    /// When the window resets.
    public var resetAt: Instant?
    /// The window's length in minutes.
    public var windowMinutes: Int64?
  }

  /// Whether an account can be used; a word this version does not know is kept as it is.
  public struct AccountStatus: RawRepresentable, Hashable, Sendable {
    /// The word on the wire.
    public let rawValue: String

    /// Takes any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Usable.
    public static let active = AccountStatus(rawValue: "active")
    /// Out of its short window's share until the reset.
    public static let rateLimited = AccountStatus(rawValue: "rate_limited")
    /// Out of its long window's share until the reset.
    public static let quotaExceeded = AccountStatus(rawValue: "quota_exceeded")
    /// Taken out of use by the operator.
    public static let paused = AccountStatus(rawValue: "paused")
    /// Its login no longer works; somebody has to sign in again.
    public static let reauthRequired = AccountStatus(rawValue: "reauth_required")
    /// Ended by the provider.
    public static let deactivated = AccountStatus(rawValue: "deactivated")
  }
}
