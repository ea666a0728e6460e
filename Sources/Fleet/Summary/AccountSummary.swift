/// One account as a caller sees it.
public struct AccountSummary: Hashable, Sendable {
  /// One window as a caller sees it; all fields are nil when there is nothing to show.
  public struct Window: Hashable, Sendable {
    /// The share that is left, in percent, 0 or more.
    public var remainingPercent: Double?
    /// When the window resets.
    public var resetAt: Timestamp?
    /// The window's length in minutes.
    public var windowMinutes: Int64?

    /// A window that shows nothing.
    public static let blank = Window(remainingPercent: nil, resetAt: nil, windowMinutes: nil)
  }

  /// The account's identifier.
  public var accountID: AccountID
  /// Its alias, else its e-mail address.
  public var displayName: String
  /// The login's e-mail address.
  public var email: String
  /// The derived status, or the persisted one for a key that may not see usage.
  public var status: AccountStatus
  /// The plan's published name.
  public var plan: String
  /// The short window.
  public var primary: Window
  /// The long window.
  public var secondary: Window
  /// The month, for plans that are counted by month.
  public var monthly: Window
  /// When the account's OAuth tokens were last renewed.
  public var tokensRefreshedAt: Timestamp?
  /// When the newest usage row that was used was taken.
  public var usageRefreshedAt: Timestamp?
}
