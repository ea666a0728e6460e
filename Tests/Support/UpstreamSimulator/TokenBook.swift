/// The tokens of all accounts: access tokens that hold until they are expired, and refresh tokens for one use.
struct TokenBook: Sendable {
  /// The tokens that an account was given last.
  struct Tokens: Sendable {
    var access: String
    var refresh: String
  }

  /// What comes of presenting a refresh token.
  enum Exchange: Sendable {
    /// The account has new tokens.
    case renewed(account: String)
    /// The token had been used before: its account is dead from now on.
    case reused
    /// Nobody was ever given this token, or its account is dead.
    case unknown
  }

  private var latest: [String: Tokens] = [:]
  private var accessOwners: [String: String] = [:]
  private var refreshOwners: [String: String] = [:]
  private var used: Set<String> = []
  private(set) var dead: Set<String> = []
  private var issued = 0
  private var pairs: [String: String] = [:]

  /// The tokens that an account was given last.
  func tokens(of account: String) -> Tokens? { latest[account] }

  /// Whose access token this is; nil when it is not one, or one that has expired.
  func owner(ofAccessToken token: String) -> String? { accessOwners[token] }

  /// Whose refresh token this is or was.
  func owner(ofRefreshToken token: String) -> String? { refreshOwners[token] }

  /// Whether a refresh token was presented before.
  func isUsed(_ refreshToken: String) -> Bool { used.contains(refreshToken) }

  /// The access token that was issued together with a refresh token.
  func accessToken(issuedWith refreshToken: String) -> String? { pairs[refreshToken] }

  /// Begins anew with an account.
  mutating func signIn(_ account: String) {
    dead.remove(account)
    issue(to: account)
  }

  mutating func issue(to account: String) {
    issued += 1
    let tokens = Tokens(access: "simulated-access-\(issued)", refresh: "simulated-refresh-\(issued)")
    latest[account] = tokens
    accessOwners[tokens.access] = account
    refreshOwners[tokens.refresh] = account
    pairs[tokens.refresh] = tokens.access
  }

  mutating func expireAccessTokens(of account: String) {
    accessOwners = accessOwners.filter { $0.value != account }
  }

  mutating func exchange(_ refreshToken: String) -> Exchange {
    guard let account = refreshOwners[refreshToken] else { return .unknown }
    guard !used.contains(refreshToken) else {
      dead.insert(account)
      return .reused
    }
    guard !dead.contains(account) else { return .unknown }
    used.insert(refreshToken)
    issue(to: account)
    return .renewed(account: account)
  }
}
