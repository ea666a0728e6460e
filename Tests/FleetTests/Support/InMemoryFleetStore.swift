import NIOConcurrencyHelpers

@testable import Fleet

/// A store that keeps everything in memory, and lets the test look at it and break it.
final class InMemoryFleetStore: FleetStore {
  struct State: Sendable {
    var candidates: [AccountID: RefreshCandidate] = [:]
    var keys: [APIKeyDigest: APIKey] = [:]
    var hidesUpstreamQuota = false
    var writes: [UsageWrite] = []
    var sessions = SessionCounts(opened: 0, open: 0)
    /// How many sessions were open at once at most.
    var mostSessions = 0
    var callsAfterClose = 0
    /// What goes wrong, by place.
    var failures: [Place: StoreError] = [:]
    /// Accounts whose token cannot be had.
    var tokenFailures: [AccountID: StoreError] = [:]
    var tokens: [AccountID: String] = [:]
    /// Accounts that are found changed when their usage is written.
    var changedMeanwhile: Set<AccountID> = []
  }

  enum Place: Hashable, Sendable {
    case apiKey
    case snapshot
    case openSession
    case candidates
    case candidate
    case record
  }

  let state: NIOLockedValueBox<State>

  init(_ candidates: [RefreshCandidate] = []) {
    var state = State()
    for candidate in candidates { state.candidates[candidate.account.id] = candidate }
    self.state = NIOLockedValueBox(state)
  }

  /// A store of so many accounts without any rows.
  convenience init(accounts count: Int) {
    self.init((0..<count).map { .bare(.sample("acc-\($0 + 10)")) })
  }

  subscript<Value>(_ part: KeyPath<State, Value>) -> Value {
    state.withLockedValue { $0[keyPath: part] }
  }

  func change(_ body: (inout State) -> Void) { state.withLockedValue(body) }

  func apiKey(digest: APIKeyDigest) async throws(StoreError) -> APIKey? {
    try state.read(.apiKey) { $0.keys[digest] }
  }

  func snapshot(of scope: AccountScope) async throws(StoreError) -> FleetSnapshot {
    try state.read(.snapshot) { state in
      FleetSnapshot(
        accounts: state.candidates(in: scope).map { AccountRecord(account: $0.account, latest: $0.latest) },
        hidesUpstreamQuota: state.hidesUpstreamQuota)
    }
  }

  func openSession() async throws(StoreError) -> any BackgroundSession {
    try state.read(.openSession) { state in
      state.sessions.opened += 1
      state.sessions.open += 1
      state.mostSessions = max(state.mostSessions, state.sessions.open)
    }
    return InMemorySession(state: state)
  }

  var sessionCounts: SessionCounts { self[\.sessions] }
}

extension InMemoryFleetStore.State {
  func candidates(in scope: AccountScope) -> [RefreshCandidate] {
    let all = candidates.values.sorted {
      ($0.account.email, $0.account.id.rawValue) < ($1.account.email, $1.account.id.rawValue)
    }
    return switch scope {
    case .all: all
    case .only(let ids): all.filter { ids.contains($0.account.id) }
    }
  }
}

extension NIOLockedValueBox<InMemoryFleetStore.State> {
  fileprivate func read<Result>(
    _ place: InMemoryFleetStore.Place, _ body: (inout InMemoryFleetStore.State) -> Result
  ) throws(StoreError) -> Result {
    let result = withLockedValue { state -> Swift.Result<Result, StoreError> in
      if let failure = state.failures[place] { return .failure(failure) }
      return .success(body(&state))
    }
    return try result.get()
  }
}

extension RefreshCandidate {
  /// An account without any rows, which is to be fetched.
  static func bare(_ account: Account, route: UpstreamRoute = .direct) -> RefreshCandidate {
    RefreshCandidate(account: account, latest: LatestUsage(), additionalRecordedAt: nil, route: route)
  }
}

/// A session of the store in memory.
final class InMemorySession: BackgroundSession {
  private let state: NIOLockedValueBox<InMemoryFleetStore.State>
  private let isClosed = NIOLockedValueBox(false)

  init(state: NIOLockedValueBox<InMemoryFleetStore.State>) { self.state = state }

  func candidates(in scope: AccountScope) async throws(StoreError) -> [RefreshCandidate] {
    try checkOpen()
    return try state.read(.candidates) { $0.candidates(in: scope) }
  }

  func candidate(_ id: AccountID) async throws(StoreError) -> RefreshCandidate? {
    try checkOpen()
    return try state.read(.candidate) { $0.candidates[id] }
  }

  func accessToken(of id: AccountID) async throws(StoreError) -> Secret {
    try checkOpen()
    let failure = state.withLockedValue { $0.tokenFailures[id] }
    if let failure { throw failure }
    return Secret(state.withLockedValue { $0.tokens[id] } ?? "token-\(id.rawValue)")
  }

  func record(_ write: UsageWrite) async throws(StoreError) -> UsageWriteResult {
    try checkOpen()
    return try state.read(.record) { state in
      let id = write.accountID
      guard let candidate = state.candidates[id], !state.changedMeanwhile.contains(id) else { return .accountChanged }
      state.writes.append(write)
      var updated = candidate
      for row in write.main {
        switch row.window {
        case .primary: updated.latest.primary = row.sample
        case .secondary: updated.latest.secondary = row.sample
        case .monthly: updated.latest.monthly = row.sample
        }
      }
      var rows = write.main.count
      if case .report(let additional) = write.additional {
        rows += additional.count
        updated.additionalRecordedAt = additional.isEmpty ? nil : write.recordedAt
      }
      state.candidates[id] = updated
      return .committed(rows: rows)
    }
  }

  func close() {
    let wasClosed = isClosed.withLockedValue { isClosed in
      defer { isClosed = true }
      return isClosed
    }
    if !wasClosed { state.withLockedValue { $0.sessions.open -= 1 } }
  }

  private func checkOpen() throws(StoreError) {
    guard isClosed.withLockedValue({ $0 }) else { return }
    state.withLockedValue { $0.callsAfterClose += 1 }
    throw StoreError(.sessionClosed, "the session was closed")
  }
}
