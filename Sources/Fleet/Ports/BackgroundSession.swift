/// A session that belongs to a piece of background work: opened by it, used in short transactions, closed by it last.
///
/// No transaction stays open between two calls, so none is held while the network is asked.
public protocol BackgroundSession: Sendable {
  /// The accounts of a scope as a refresh looks at them, ordered by e-mail address, then identifier.
  func candidates(in scope: AccountScope) async throws(StoreError) -> [RefreshCandidate]

  /// One account as a refresh looks at it, nil when it is gone or about to be deleted.
  func candidate(_ id: AccountID) async throws(StoreError) -> RefreshCandidate?

  /// The account's login, decrypted; nil when the account is gone.
  ///
  /// - Throws: `StoreError` with `.undecryptable` when the stored access token does not fit the encryption key.
  func credentials(of id: AccountID) async throws(StoreError) -> StoredCredentials?

  /// Writes what a payload changes, whole or not at all.
  func record(_ write: UsageWrite) async throws(StoreError) -> UsageWriteResult

  /// Counts an answer by which a paid account has become a free one.
  ///
  /// - Returns: how many such answers there were in a row by now, this one included, for the login as it is.
  func observeDowngrade(of id: AccountID) async throws(StoreError) -> Int

  /// Takes the right to exchange an account's refresh token, or extends it when it is held already.
  ///
  /// - Parameters:
  ///   - holder: the claim to extend; nil takes a new one.
  ///   - lease: how long it lasts unless it is given back, by the store's own clock; at least one second.
  /// - Returns: nil when somebody else holds it.
  func claim(
    _ token: RefreshToken.Material, of id: AccountID, extending holder: TokenClaim?, lease: Duration
  ) async throws(StoreError) -> TokenClaim?

  /// Gives a claim back; one that went to somebody else since is left alone.
  func release(_ claim: TokenClaim) async throws(StoreError)

  /// Writes new tokens in place of the used one, with what their claims change, fully on disk when it returns.
  ///
  /// Whether the stored token is still the used one is told by its version, and by the token itself where the version
  /// has changed: the same token may have been written again.
  func store(_ rotation: TokenRotation) async throws(StoreError) -> GuardedWriteResult

  /// Sets a final status on the login that was judged, fully on disk when it returns: the persisted reset is cleared,
  /// the block kept.
  func retire(_ retirement: Retirement) async throws(StoreError) -> GuardedWriteResult

  /// Ends the session; further calls throw `.sessionClosed`. Closing twice does nothing.
  func close()
}

extension FleetStore {
  /// Runs `body` with a session of its own that is closed when `body` ends, however it ends.
  func withSession<Value>(
    _ body: (any BackgroundSession) async throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    let session = try await openSession()
    defer { session.close() }
    return try await body(session)
  }
}
