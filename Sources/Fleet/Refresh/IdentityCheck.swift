/// Whether a payload may be about the account it was asked for.
///
/// A login can come to answer for another workspace or another subscription; its usage must then not be written
/// under the old name.
enum IdentityCheck {
  /// What the check found.
  enum Verdict: Hashable, Sendable {
    /// The payload is about the account.
    case accepted
    /// It is, provided that no other account of the login has the workspace it names.
    case adoptsWorkspace(String)
    /// It makes a paid account a free one, which has to be said twice in a row.
    case needsConfirmation
    /// It is about another account.
    case rejected
  }

  /// How many answers in a row have to agree before a paid account becomes a free one.
  static let confirmations = 2

  /// Compares a payload's workspace and plan with the account's.
  ///
  /// - Two workspaces that differ are two identities; one that the account lacks fills the empty place.
  /// - Where the payload names none, any plan may become a known paid one on an account without a workspace, and a plan
  ///   that was never learnt becomes a known paid one on any account. A known paid plan may become free, once confirmed,
  ///   on an account without a workspace. Every other change of plan is another identity's.
  static func verdict(on payload: UsagePayload, for account: Account) -> Verdict {
    let bound = account.workspaceID.nonBlank
    if let named = payload.workspaceID.nonBlank {
      guard let bound else { return .adoptsWorkspace(named) }
      return named == bound ? .accepted : .rejected
    }
    let reported = Plan(payload.planType)
    if reported == account.plan || reported.isUnknown { return .accepted }
    if reported.isKnownPaid { return account.plan.isUnknown || bound == nil ? .accepted : .rejected }
    return reported.known == .free && account.plan.isKnownPaid && bound == nil ? .needsConfirmation : .rejected
  }
}
