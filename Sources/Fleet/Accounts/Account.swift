/// One account as the store holds it, without its tokens.
public struct Account: Hashable, Sendable {
  /// The store's identifier.
  public var id: AccountID
  /// The provider's account identifier, sent with every usage call; nil when none is known.
  public var chatGPTAccountID: String?
  /// The login's e-mail address; may be empty.
  public var email: String
  /// The name the operator gave; nil or empty means none.
  public var alias: String?
  /// The workspace the account is bound to.
  public var workspaceID: String?
  /// The workspace's name.
  public var workspaceLabel: String?
  /// The kind of seat in the workspace.
  public var seatType: String?
  /// The subscription plan.
  public var plan: Plan
  /// The persisted status.
  public var status: AccountStatus
  /// When the persisted limit ends, in Unix seconds; a stored 0 is an end long past.
  public var resetAt: Int64?
  /// When the account was last found limited, in Unix seconds.
  public var blockedAt: Int64?
  /// When its OAuth tokens were last renewed.
  public var tokensRefreshedAt: Timestamp?

  /// Makes an account of its stored columns.
  public init(
    id: AccountID, chatGPTAccountID: String? = nil, email: String, alias: String? = nil, workspaceID: String? = nil,
    workspaceLabel: String? = nil, seatType: String? = nil, plan: Plan, status: AccountStatus, resetAt: Int64? = nil,
    blockedAt: Int64? = nil, tokensRefreshedAt: Timestamp? = nil
  ) {
    self.id = id
    self.chatGPTAccountID = chatGPTAccountID
    self.email = email
    self.alias = alias
    self.workspaceID = workspaceID
    self.workspaceLabel = workspaceLabel
    self.seatType = seatType
    self.plan = plan
    self.status = status
    self.resetAt = resetAt
    self.blockedAt = blockedAt
    self.tokensRefreshedAt = tokensRefreshedAt
  }

  /// What people call the account: its alias, else its e-mail address.
  public var displayName: String {
    guard let alias, !alias.isEmpty else { return email }
    return alias
  }
}
