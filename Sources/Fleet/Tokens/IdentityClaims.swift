/// What an id token says about the account it was issued for; a claim that is absent is nil.
public struct IdentityClaims: Hashable, Sendable {
  /// The login's e-mail address.
  public var email: String?
  /// The subscription plan's text.
  public var planType: String?
  /// The provider's account identifier.
  public var chatGPTAccountID: String?
  /// The provider's user identifier.
  public var chatGPTUserID: String?
  /// The workspace the login is for.
  public var workspaceID: String?
  /// The workspace's name.
  public var workspaceLabel: String?
  /// The kind of seat in the workspace.
  public var seatType: String?

  /// Makes claims; all may be absent.
  public init(
    email: String? = nil, planType: String? = nil, chatGPTAccountID: String? = nil, chatGPTUserID: String? = nil,
    workspaceID: String? = nil, workspaceLabel: String? = nil, seatType: String? = nil
  ) {
    self.email = email
    self.planType = planType
    self.chatGPTAccountID = chatGPTAccountID
    self.chatGPTUserID = chatGPTUserID
    self.workspaceID = workspaceID
    self.workspaceLabel = workspaceLabel
    self.seatType = seatType
  }

  /// What of the claims may be written to an account.
  ///
  /// A workspace fills an empty place and never replaces another one; its name and the seat follow only where the
  /// workspace is the account's, or the claims name none.
  ///
  /// - Parameters:
  ///   - workspaceID: the account's workspace as stored now.
  ///   - slotIsTaken: whether another account of the same login has the claimed workspace already.
  public func admissible(to workspaceID: String?, slotIsTaken: Bool) -> IdentityClaims {
    guard let claimed = self.workspaceID else { return self }
    var admitted = self
    let bound = workspaceID.nonBlank
    if let bound, bound == claimed { return admitted }
    if bound == nil, !slotIsTaken { return admitted }
    admitted.workspaceID = nil
    admitted.workspaceLabel = nil
    admitted.seatType = nil
    return admitted
  }
}

extension String? {
  /// The text without white space around it; nil when nothing is left.
  package var nonBlank: String? {
    guard let text = self?.trimmingWhitespace(), !text.isEmpty else { return nil }
    return text
  }
}
