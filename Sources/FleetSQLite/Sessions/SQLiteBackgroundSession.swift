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
    return try await connections.read { db, store in
      try CandidateQuery(db, key: store.key, warnings).candidates(in: scope)
    }
  }

  func candidate(_ id: AccountID) async throws(StoreError) -> RefreshCandidate? {
    try requireOpen()
    let warnings = warnings
    return try await connections.read { db, store in
      try CandidateQuery(db, key: store.key, warnings).candidate(id)
    }
  }

  func credentials(of id: AccountID) async throws(StoreError) -> StoredCredentials? {
    try requireOpen()
    return try await connections.read { db, store in try CredentialQuery(db, key: store.key).credentials(of: id) }
  }

  func record(_ write: UsageWrite) async throws(StoreError) -> UsageWriteResult {
    try await self.write(write.recovery == nil ? .usage : .full, changing: .account(write.accountID)) { db, store in
      try UsageRecorder(db, kind: store.location.kind).record(write)
    }
  }

  func observeDowngrade(of id: AccountID) async throws(StoreError) -> Int {
    try await write(.usage, changing: .nothing) { db, _ in try DowngradeEvidence(db).observe(id) }
  }

  func claim(
    _ token: RefreshToken.Material, of id: AccountID, extending holder: TokenClaim?, lease: Duration
  ) async throws(StoreError) -> TokenClaim? {
    let name = holder?.holder ?? ClaimHolder(token).text
    // An extension is asked for while new tokens wait for their turn, which must not wait behind it.
    return try await write(.full, changing: .nothing, urgency: holder == nil ? .usual : .urgent) { db, _ in
      let claims = RefreshClaims(db)
      let isLeftover = try claims.isLeftover(id, to: name)
      guard try claims.acquire(id, for: name, lease: lease) else { return nil }
      return TokenClaim(accountID: id, holder: name, replacesExpired: isLeftover)
    }
  }

  func release(_ claim: TokenClaim) async throws(StoreError) {
    try await write(.full, changing: .nothing) { db, _ in try RefreshClaims(db).release(claim) }
  }

  func store(_ rotation: TokenRotation) async throws(StoreError) -> GuardedWriteResult {
    // The sooner it is committed, the less a crash can lose: the used token's successor exists nowhere else.
    try await write(.full, changing: .account(rotation.accountID), urgency: .urgent) { db, store in
      try CredentialWriter(db, store).store(rotation)
    }
  }

  func retire(_ retirement: Retirement) async throws(StoreError) -> GuardedWriteResult {
    try await write(.full, changing: .account(retirement.accountID)) { db, store in
      try CredentialWriter(db, store).retire(retirement)
    }
  }

  func close() {
    let wasOpen = isClosed.withLockedValue { isClosed in
      defer { isClosed = true }
      return !isClosed
    }
    if wasOpen { counter.closed() }
  }

  private func write<Value: Sendable>(
    _ durability: Durability, changing change: StateChange, urgency: StoreTurns.Urgency = .usual,
    _ body: @escaping @Sendable (Database, OpenedStore) throws -> Value
  ) async throws(StoreError) -> Value {
    try requireOpen()
    return try await connections.write(durability, changing: change, urgency: urgency, body)
  }

  private func requireOpen() throws(StoreError) {
    guard !isClosed.withLockedValue({ $0 }) else {
      throw StoreError(.sessionClosed, "The session was closed before.")
    }
  }
}
