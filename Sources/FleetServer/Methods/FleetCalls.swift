public import Fleet

/// What the server needs of the core: who is calling, what is left, go and look again.
public protocol FleetCalls: Sendable {
  /// The caller behind a key.
  func caller(holding digest: APIKeyDigest) async throws(FleetService.AuthenticationFailure) -> Caller

  /// The accounts as the caller may see them, still to be derived.
  func look(for caller: Caller, accountIDs: Set<AccountID>?) async throws(StoreError) -> FleetLook

  /// The caller behind a key and all that it may see, if nothing has to be read for it; nil tells nothing else.
  func lookAtOnce(holding digest: APIKeyDigest) -> FleetLook?

  /// Yields soon after something was committed to the store, by whomever; several commits may count as one.
  func changes() -> AsyncStream<Void>

  /// Refreshes the accounts in the caller's scope; cancelling the calling task ends only the wait.
  func refresh(for caller: Caller, accountIDs: Set<AccountID>?) async throws(RefreshRefusal) -> RefreshReport
}

extension FleetService: FleetCalls {}

extension FleetCalls {
  /// The accounts as the caller may see them.
  func summary(for caller: Caller, accountIDs: Set<AccountID>?) async throws(StoreError) -> FleetSummary {
    try await look(for: caller, accountIDs: accountIDs).summary()
  }
}
