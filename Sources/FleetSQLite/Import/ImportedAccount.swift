public import Fleet

/// An account as taken from somewhere else, with its tokens.
public struct ImportedAccount: Hashable, Sendable {
  /// The login's e-mail address.
  public var email: String
  /// The subscription plan's text.
  public var planType: String?
  /// The provider's account identifier.
  public var chatGPTAccountID: String?
  /// The provider's user identifier.
  public var chatGPTUserID: String?
  /// The workspace the account is bound to.
  public var workspaceID: String?
  /// The workspace's name.
  public var workspaceLabel: String?
  /// The kind of seat in the workspace.
  public var seatType: String?
  /// The OAuth access token.
  public var accessToken: Secret
  /// The OAuth refresh token, which works once.
  public var refreshToken: Secret
  /// The OAuth id token.
  public var idToken: Secret
  /// When the tokens were last renewed.
  public var lastRefresh: Timestamp?

  /// Makes an account of its parts.
  public init(
    email: String, planType: String? = nil, chatGPTAccountID: String? = nil, chatGPTUserID: String? = nil,
    workspaceID: String? = nil, workspaceLabel: String? = nil, seatType: String? = nil, accessToken: Secret,
    refreshToken: Secret, idToken: Secret, lastRefresh: Timestamp? = nil
  ) {
    self.email = email
    self.planType = planType
    self.chatGPTAccountID = chatGPTAccountID
    self.chatGPTUserID = chatGPTUserID
    self.workspaceID = workspaceID
    self.workspaceLabel = workspaceLabel
    self.seatType = seatType
    self.accessToken = accessToken
    self.refreshToken = refreshToken
    self.idToken = idToken
    self.lastRefresh = lastRefresh
  }

  /// The identifier under which an own store keeps the account.
  ///
  /// Two seats of one workspace share the provider's account identifier, so that a digest of the rest is part of it.
  public var storeID: AccountID {
    let identity = [email] + (workspaceID.map { [$0] } ?? [])
    let digest = Digest.sha256(identity.joined(separator: "\n")).prefix(8)
    return AccountID("\(chatGPTAccountID ?? "local")_\(digest)")
  }
}
