internal import Fleet
internal import GRDB
internal import NIOConcurrencyHelpers

/// A session over the store's connections: it holds none of them between two calls.
final class SQLiteBackgroundSession: BackgroundSession {
  private let connections: StoreConnections
  private let warnings: WarningLog
  private let counter: SessionCounter
  private let isClosed = NIOLockedValueBox(false)

  /// Opens a session, which counts as open until it is closed.
  init(_ connections: StoreConnections, warnings: WarningLog, counter: SessionCounter) {
    self.connections = connections
    self.warnings = warnings
    self.counter = counter
    counter.opened()
  }

  func candidates(in scope: AccountScope) async throws(StoreError) -> [RefreshCandidate] {
    try requireOpen()
    let warnings = warnings
    return try await connections.read { db, _ in try CandidateQuery(db, warnings).candidates(in: scope) }
  }

  func candidate(_ id: AccountID) async throws(StoreError) -> RefreshCandidate? {
    try await candidates(in: .only([id])).first
  }

  func accessToken(of id: AccountID) async throws(StoreError) -> Secret {
    try requireOpen()
    return try await connections.read { db, store in
      // Ciphertexts are ASCII, so the cast loses nothing.
      let statement = try db.cachedStatement(
        sql: """
          SELECT CAST(access_token_encrypted AS TEXT) FROM accounts WHERE id = ? AND delete_requested_at IS NULL
          """)
      guard let value = try DatabaseValue.fetchOne(statement, arguments: [id.rawValue]) else {
        throw StoreError(.notFound, "The account \(id.rawValue) is no longer in the store.")
      }
      return try store.key.open(value.text ?? "")
    }
  }

  func record(_ write: UsageWrite) async throws(StoreError) -> UsageWriteResult {
    try requireOpen()
    return try await connections.write(.usage) { db, store in
      try UsageRecorder(db, kind: store.location.kind).record(write)
    }
  }

  func close() {
    let wasOpen = isClosed.withLockedValue { isClosed in
      defer { isClosed = true }
      return !isClosed
    }
    if wasOpen { counter.closed() }
  }

  private func requireOpen() throws(StoreError) {
    guard !isClosed.withLockedValue({ $0 }) else {
      throw StoreError(.sessionClosed, "The session was closed before.")
    }
  }
}
