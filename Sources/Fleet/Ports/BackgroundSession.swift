/// A session that belongs to a piece of background work: opened by it, used in short transactions, closed by it last.
///
/// No transaction stays open between two calls, so none is held while the network is asked.
public protocol BackgroundSession: Sendable {
  /// The accounts of a scope as a refresh looks at them, ordered by e-mail address, then identifier.
  func candidates(in scope: AccountScope) async throws(StoreError) -> [RefreshCandidate]

  /// One account as a refresh looks at it, nil when it is gone or about to be deleted.
  func candidate(_ id: AccountID) async throws(StoreError) -> RefreshCandidate?

  /// The account's access token, decrypted.
  ///
  /// - Throws: `StoreError` with `.undecryptable` when the stored token does not fit the encryption key.
  func accessToken(of id: AccountID) async throws(StoreError) -> Secret

  /// Writes what a payload changes, whole or not at all.
  func record(_ write: UsageWrite) async throws(StoreError) -> UsageWriteResult

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
