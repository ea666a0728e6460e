/// The right to exchange an account's refresh token, kept in the store for a while against all other processes.
public struct TokenClaim: Hashable, Sendable {
  /// The account.
  public var accountID: AccountID
  /// The holder, as the store writes it.
  public var holder: String
  /// Whether it took the place of somebody's claim that had run out: that one's new tokens may still be on their way.
  public var replacesExpired: Bool

  /// Makes a claim.
  public init(accountID: AccountID, holder: String, replacesExpired: Bool) {
    self.accountID = accountID
    self.holder = holder
    self.replacesExpired = replacesExpired
  }

  /// How long a claim lasts unless it is extended; longer than the login service may take, so that it cannot end while
  /// the token is on its way.
  static let lease = Duration.seconds(30)
}
