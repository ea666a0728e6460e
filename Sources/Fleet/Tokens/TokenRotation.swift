/// Tokens that a token exchange brought, and what is known of whom they are for.
public struct NewTokens: Hashable, Sendable {
  /// The next access token.
  public var accessToken: Secret
  /// The next refresh token.
  public var refreshToken: Secret
  /// The next id token.
  public var idToken: Secret
  /// What the id token claims.
  public var claims: IdentityClaims

  /// Makes tokens of an answer that had all three.
  public init(accessToken: Secret, refreshToken: Secret, idToken: Secret, claims: IdentityClaims) {
    self.accessToken = accessToken
    self.refreshToken = refreshToken
    self.idToken = idToken
    self.claims = claims
  }
}

/// New tokens on their way into the store, in place of those that the exchange has used up.
public struct TokenRotation: Hashable, Sendable {
  /// The account.
  public var accountID: AccountID
  /// The refresh token that was used up.
  public var used: RefreshToken
  /// The writing of it that was read.
  public var version: StoredCredentials.Version
  /// What takes its place.
  public var tokens: NewTokens
  /// When they came.
  public var at: Timestamp

  /// Makes a rotation.
  public init(
    accountID: AccountID, used: RefreshToken, version: StoredCredentials.Version, tokens: NewTokens, at: Timestamp
  ) {
    self.accountID = accountID
    self.used = used
    self.version = version
    self.tokens = tokens
    self.at = at
  }
}

/// An account's end, as the upstream pronounced it.
public struct Retirement: Hashable, Sendable {
  /// The account.
  public var accountID: AccountID
  /// What it becomes: `reauthRequired` or `deactivated`.
  public var status: AccountStatus
  /// Why, for the operator; a stable text that never leaves the store, without any of the upstream's.
  public var reason: String
  /// The login that the upstream judged: another one in the store by now is left alone.
  public var judged: StoredCredentials

  /// Makes a retirement.
  public init(accountID: AccountID, status: AccountStatus, reason: String, judged: StoredCredentials) {
    self.accountID = accountID
    self.status = status
    self.reason = reason
    self.judged = judged
  }
}

/// What became of a write that hangs on a refresh token.
public enum GuardedWriteResult: Hashable, Sendable {
  /// It was committed, fully on disk.
  case committed
  /// The store holds another login by now; nothing was written.
  case superseded
  /// The account is gone, or its status no longer lets the write in; nothing was written.
  case accountChanged
}
