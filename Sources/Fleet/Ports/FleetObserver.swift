/// Who is told what the core does, to log it.
public protocol FleetObserver: Sendable {
  /// Takes note of something that happened; must return soon and not call back into the core.
  func note(_ event: FleetEvent)
}

/// Something the core did. Carries no secrets, no e-mail addresses and no upstream text.
public enum FleetEvent: Sendable {
  /// A refresh ended.
  case refreshEnded(RefreshID, accounts: Int, outcomes: [RefreshOutcome.Result: Int], took: Duration)
  /// The background refresh has looked at an account.
  case backgroundRefreshEnded(RefreshOutcome)
  /// A refresh ended without looking at any account.
  case refreshFailed(RefreshID, StoreError)
  /// One account's fetch failed in the store.
  case storeFailed(AccountID, StoreError)
  /// New tokens of an account were committed.
  case tokensRotated(AccountID)
  /// New tokens could not be committed yet; it is tried again until they are, because the old ones are used up.
  case tokensNotStored(AccountID, StoreError)
  /// The store will never take an account's new tokens: its login is ended.
  case tokensGivenUp(AccountID, StoreError)
  /// An account was given a final status; the reason is a stable text.
  case accountRetired(AccountID, AccountStatus, reason: String)
  /// A claim could not be given back; it ends by itself.
  case claimNotReleased(AccountID, StoreError)
  /// The drain limit passed while these were still running.
  case drainOverdue(refreshes: [RefreshID], accounts: [AccountID])
  /// Everything else has ended, but these accounts' new tokens are still to be stored.
  case awaitingTokens(accounts: [AccountID])
}

/// Names one refresh within this process.
public struct RefreshID: Hashable, Sendable, CustomStringConvertible {
  /// Counts up from 1.
  public let number: UInt64

  /// The name as it stands in logs.
  public var description: String { "refresh-\(number)" }
}
