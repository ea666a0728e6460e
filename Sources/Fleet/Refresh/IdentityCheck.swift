/// Whether a payload may be about the account it was asked for.
///
/// A login can come to answer for another workspace or another subscription; its usage must then not be written
/// under the old name.
enum IdentityCheck {
  /// What the check found.
  enum Verdict: Hashable, Sendable {
    /// The payload is about the account.
    case accepted
    /// It is about another one, or cannot be told.
    case rejected(RefreshReason)
  }

  /// Compares a payload's workspace and plan with the account's.
  ///
  /// - Two workspaces that differ are two identities.
  /// - A workspace on an account that has none, and a known paid plan that seems to have become free, need more than
  ///   one look at the store and the upstream; until that is done they are not accepted.
  /// - Any plan may become a known paid one on an account without a workspace, and an account whose plan was never
  ///   learnt takes any plan.
  static func verdict(on payload: UsagePayload, for account: Account) -> Verdict {
    let bound = account.workspaceID.flatMap { $0.isEmpty ? nil : $0 }
    if let named = payload.workspaceID, !named.isEmpty {
      guard let bound else { return .rejected(.identityUnverified) }
      return named == bound ? .accepted : .rejected(.identityMismatch)
    }
    let reported = Plan(payload.planType)
    if reported == account.plan || reported.isUnknown { return .accepted }
    if reported.isKnownPaid, account.plan.isUnknown || bound == nil { return .accepted }
    if account.plan.isUnknown, reported.known != nil { return .accepted }
    if reported.known == .free, account.plan.isKnownPaid, bound == nil { return .rejected(.identityUnverified) }
    return .rejected(.identityMismatch)
  }
}
