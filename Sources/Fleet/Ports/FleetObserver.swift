/// Who is told what the core does, to log it.
public protocol FleetObserver: Sendable {
  /// Takes note of something that happened; must return soon and not call back into the core.
  func note(_ event: FleetEvent)
}

/// Something the core did. Carries no secrets, no e-mail addresses and no upstream text.
public enum FleetEvent: Sendable {
  /// A refresh ended.
  case refreshEnded(RefreshID, accounts: Int, outcomes: [RefreshOutcome.Result: Int], took: Duration)
  /// A refresh ended without looking at any account.
  case refreshFailed(RefreshID, StoreError)
  /// One account's fetch failed in the store.
  case storeFailed(AccountID, StoreError)
  /// The drain limit passed while these were still running.
  case drainOverdue(refreshes: [RefreshID], accounts: [AccountID])
}

/// Names one refresh within this process.
public struct RefreshID: Hashable, Sendable, CustomStringConvertible {
  /// Counts up from 1.
  public let number: UInt64

  /// The name as it stands in logs.
  public var description: String { "refresh-\(number)" }
}
