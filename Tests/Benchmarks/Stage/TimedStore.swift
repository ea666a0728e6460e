internal import Fleet
internal import NIOConcurrencyHelpers

/// A store that tells how long it was at work: the time in which at least one call to it ran.
final class TimedStore: FleetStore {
  private struct State {
    var running = 0
    var begun = Duration.zero
    var busy = Duration.zero
  }

  private let store: any FleetStore
  private let clock = MachineClock()
  private let state = NIOLockedValueBox(State())

  init(_ store: any FleetStore) { self.store = store }

  /// How long at least one call ran.
  var busyTime: Duration { state.withLockedValue { $0.busy } }

  fileprivate func timed<Value, Failure: Error>(
    _ work: () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    state.withLockedValue { state in
      if state.running == 0 { state.begun = clock.uptime }
      state.running += 1
    }
    defer {
      state.withLockedValue { state in
        state.running -= 1
        if state.running == 0 { state.busy += clock.uptime - state.begun }
      }
    }
    return try await work()
  }

  func apiKey(digest: APIKeyDigest) async throws(StoreError) -> APIKey? {
    try await timed { () async throws(StoreError) in try await store.apiKey(digest: digest) }
  }

  func state() async throws(StoreError) -> FleetState {
    try await timed { () async throws(StoreError) in try await store.state() }
  }

  func knownState() -> FleetState? { store.knownState() }

  func changes() -> AsyncStream<Void> { store.changes() }

  func openSession() async throws(StoreError) -> any BackgroundSession {
    let session = try await timed { () async throws(StoreError) in try await store.openSession() }
    return TimedSession(session: session, store: self)
  }

  var sessionCounts: SessionCounts { store.sessionCounts }
}

private struct TimedSession: BackgroundSession {
  let session: any BackgroundSession
  let store: TimedStore

  func candidates(in scope: AccountScope) async throws(StoreError) -> [RefreshCandidate] {
    try await store.timed { () async throws(StoreError) in try await session.candidates(in: scope) }
  }

  func candidate(_ id: AccountID) async throws(StoreError) -> RefreshCandidate? {
    try await store.timed { () async throws(StoreError) in try await session.candidate(id) }
  }

  func credentials(of id: AccountID) async throws(StoreError) -> StoredCredentials? {
    try await store.timed { () async throws(StoreError) in try await session.credentials(of: id) }
  }

  func record(_ write: UsageWrite) async throws(StoreError) -> UsageWriteResult {
    try await store.timed { () async throws(StoreError) in try await session.record(write) }
  }

  func observeDowngrade(of id: AccountID) async throws(StoreError) -> Int {
    try await store.timed { () async throws(StoreError) in try await session.observeDowngrade(of: id) }
  }

  func claim(
    _ token: RefreshToken.Material, of id: AccountID, extending holder: TokenClaim?, lease: Duration
  ) async throws(StoreError) -> TokenClaim? {
    try await store.timed { () async throws(StoreError) in
      try await session.claim(token, of: id, extending: holder, lease: lease)
    }
  }

  func release(_ claim: TokenClaim) async throws(StoreError) {
    try await store.timed { () async throws(StoreError) in try await session.release(claim) }
  }

  func store(_ rotation: TokenRotation) async throws(StoreError) -> GuardedWriteResult {
    try await store.timed { () async throws(StoreError) in try await session.store(rotation) }
  }

  func retire(_ retirement: Retirement) async throws(StoreError) -> GuardedWriteResult {
    try await store.timed { () async throws(StoreError) in try await session.retire(retirement) }
  }

  func close() { session.close() }
}
