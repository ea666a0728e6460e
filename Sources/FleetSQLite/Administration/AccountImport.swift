public import Fleet

/// What became of an imported account.
public struct AccountImport: Hashable, Sendable {
  /// The account's identifier in the store.
  public let id: AccountID
  /// Whether the account was there before, so that its tokens were replaced.
  public let replacedTokens: Bool
  /// Whether the operator had paused it, which it stays.
  public let isPaused: Bool
}
