/// The accounts a call is about.
public enum AccountScope: Hashable, Sendable {
  /// Every account.
  case all
  /// These accounts, as far as they exist.
  case only(Set<AccountID>)

  /// The scope narrowed to the accounts a caller asked for.
  ///
  /// Accounts outside the scope and accounts that do not exist both just fall away, so that a scoped key cannot
  /// learn which accounts there are.
  public func narrowed(to requested: Set<AccountID>?) -> AccountScope {
    guard let requested else { return self }
    switch self {
    case .all: return .only(requested)
    case .only(let allowed): return .only(allowed.intersection(requested))
    }
  }
}
