import NIOConcurrencyHelpers

@testable import Fleet

/// A store that keeps everything in memory, and lets the test look at it and break it.
final class InMemoryFleetStore: FleetStore {
  struct State: Sendable {
    var candidates: [AccountID: RefreshCandidate] = [:]
    var keys: [APIKeyDigest: APIKey] = [:]
    var hidesUpstreamQuota = false
    /// What was read last, until the test changes anything.
    var known: FleetState?
    var writes: [UsageWrite] = []
    var sessions = SessionCounts(opened: 0, open: 0)
    /// How many sessions were open at once at most.
    var mostSessions = 0
    var callsAfterClose = 0
    /// What goes wrong, by place.
    var failures: [Place: StoreError] = [:]
    /// Accounts whose token cannot be had.
    var tokenFailures: [AccountID: StoreError] = [:]
    var logins: [AccountID: Login] = [:]
    /// Who holds the claim on an account's refresh token.
    var claims: [AccountID: String] = [:]
    var claimsTaken = 0
    /// Accounts with a claim that somebody did not give back, and that has run out.
    var leftoverClaims: Set<AccountID> = []
    var rotations: [TokenRotation] = []
    var retirements: [Retirement] = []
    /// For hooks that tell one time from the next.
    var attempts = 0
    var downgrades: [AccountID: Int] = [:]
    /// Workspaces that other accounts have.
    var takenWorkspaces: Set<String> = []
    /// Called when something happens, to change the store at that moment.
    var hooks: [Place: @Sendable (inout State) -> Void] = [:]
    /// Accounts that are found changed when their usage is written.
    var changedMeanwhile: Set<AccountID> = []
  }

  enum Place: Hashable, Sendable {
    case apiKey
    case snapshot
    case openSession
    case candidates
    case candidate
    case credentials
    case record
    case downgrade
    case claim
    case release
    case store
    case retire
  }

  /// An account's tokens, and how often its refresh token was written.
  struct Login: Hashable, Sendable {
    var access: String
    var refresh: String?
    var writes: UInt8 = 0
  }

  let state: NIOLockedValueBox<State>

  init(_ candidates: [RefreshCandidate] = []) {
    var state = State()
    for candidate in candidates { state.candidates[candidate.account.id] = candidate }
    self.state = NIOLockedValueBox(state)
  }

  func changes() -> AsyncStream<Void> { AsyncStream { $0.finish() } }

  /// A store of so many accounts without any rows.
  convenience init(accounts count: Int) {
    self.init((0..<count).map { .bare(.sample("acc-\($0 + 10)")) })
  }

  subscript<Value>(_ part: KeyPath<State, Value>) -> Value {
    state.withLockedValue { $0[keyPath: part] }
  }

  func change(_ body: (inout State) -> Void) {
    state.withLockedValue { state in
      state.known = nil
      body(&state)
    }
  }

  /// Lets something go wrong from now on; what is stored stays.
  func fail(_ place: Place, _ error: StoreError?) { state.withLockedValue { $0.failures[place] = error } }

  func apiKey(digest: APIKeyDigest) async throws(StoreError) -> APIKey? {
    try state.read(.apiKey) { $0.keys[digest] }
  }

  func state() async throws(StoreError) -> FleetState {
    try state.read(.snapshot) { state in
      if let known = state.known { return known }
      let fleet = FleetState(
        FleetSnapshot(
          accounts: state.candidates(in: .all).map { AccountRecord(account: $0.account, latest: $0.latest) },
          hidesUpstreamQuota: state.hidesUpstreamQuota))
      state.known = fleet
      return fleet
    }
  }

  func knownState() -> FleetState? { self[\.known] }

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

  /// The account's login; without one of its own, one made of its name.
  func login(of id: AccountID) -> InMemoryFleetStore.Login {
    logins[id] ?? InMemoryFleetStore.Login(access: "token-\(id.rawValue)", refresh: "refresh-\(id.rawValue)")
  }

  /// Writes an account's refresh token once more.
  mutating func write(_ refresh: String?, access: String, of id: AccountID) {
    logins[id] = InMemoryFleetStore.Login(access: access, refresh: refresh, writes: login(of: id).writes &+ 1)
  }

  fileprivate func holds(_ token: RefreshToken?, _ version: StoredCredentials.Version, of id: AccountID) -> Bool {
    let login = login(of: id)
    return version.bytes == [login.writes] || token?.secret == login.refresh.map { Secret($0) }
  }
}

extension RefreshToken {
  /// A token whose digest is itself.
  init(_ text: String) { self.init(Secret(text), material: Material(hexadecimal: text)) }
}

extension NIOLockedValueBox<InMemoryFleetStore.State> {
  fileprivate func read<Result>(
    _ place: InMemoryFleetStore.Place, _ body: (inout InMemoryFleetStore.State) -> Result
  ) throws(StoreError) -> Result {
    let result = withLockedValue { state -> Swift.Result<Result, StoreError> in
      // Looking something up changes nothing; everything else may.
      if ![.apiKey, .snapshot].contains(place) || state.hooks[place] != nil { state.known = nil }
      state.hooks[place]?(&state)
      if let failure = state.failures[place] { return .failure(failure) }
      return .success(body(&state))
    }
    return try result.get()
  }
}

extension RefreshCandidate {
  /// An account without any rows, which is to be fetched.
  static func bare(_ account: Account, route: UpstreamRoute? = .direct) -> RefreshCandidate {
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

  func credentials(of id: AccountID) async throws(StoreError) -> StoredCredentials? {
    try checkOpen()
    let failure = state.withLockedValue { $0.tokenFailures[id] }
    if let failure { throw failure }
    return try state.read(.credentials) { state in
      guard let candidate = state.candidates[id] else { return nil }
      let login = state.login(of: id)
      return StoredCredentials(
        status: candidate.account.status, accessToken: Secret(login.access),
        refreshToken: login.refresh.map { RefreshToken($0) }, version: .init([login.writes]))
    }
  }

  func observeDowngrade(of id: AccountID) async throws(StoreError) -> Int {
    try checkOpen()
    return try state.read(.downgrade) { state in
      state.downgrades[id, default: 0] += 1
      return state.downgrades[id] ?? 0
    }
  }

  func claim(
    _ token: RefreshToken.Material, of id: AccountID, extending holder: TokenClaim?, lease: Duration
  ) async throws(StoreError) -> TokenClaim? {
    try checkOpen()
    return try state.read(.claim) { state in
      state.claimsTaken += 1
      let claim = TokenClaim(
        accountID: id, holder: holder?.holder ?? "\(token.hexadecimal)-\(state.claimsTaken)",
        replacesExpired: state.leftoverClaims.remove(id) != nil)
      guard [nil, claim.holder].contains(state.claims[id]) else { return nil }
      state.claims[id] = claim.holder
      return claim
    }
  }

  func release(_ claim: TokenClaim) async throws(StoreError) {
    try checkOpen()
    try state.read(.release) { state in
      if state.claims[claim.accountID] == claim.holder { state.claims[claim.accountID] = nil }
    }
  }

  func store(_ rotation: TokenRotation) async throws(StoreError) -> GuardedWriteResult {
    try checkOpen()
    return try state.read(.store) { state in
      guard state.candidates[rotation.accountID] != nil else { return .accountChanged }
      guard state.holds(rotation.used, rotation.version, of: rotation.accountID) else { return .superseded }
      state.rotations.append(rotation)
      rotation.tokens.refreshToken.withText { refresh in
        rotation.tokens.accessToken.withText { access in
          state.write(refresh, access: access, of: rotation.accountID)
        }
      }
      return .committed
    }
  }

  func retire(_ retirement: Retirement) async throws(StoreError) -> GuardedWriteResult {
    try checkOpen()
    return try state.read(.retire) { state in
      let id = retirement.accountID
      guard state.candidates[id]?.account.status.isRefreshable == true else { return .accountChanged }
      guard state.holds(retirement.judged.refreshToken, retirement.judged.version, of: id) else { return .superseded }
      state.retirements.append(retirement)
      state.candidates[id]?.account.status = retirement.status
      state.candidates[id]?.account.resetAt = nil
      return .committed
    }
  }

  func record(_ write: UsageWrite) async throws(StoreError) -> UsageWriteResult {
    try checkOpen()
    return try state.read(.record) { state in
      let id = write.accountID
      guard let candidate = state.candidates[id], !state.changedMeanwhile.contains(id) else { return .accountChanged }
      var updated = candidate
      if let workspace = write.metadata?.adoptedWorkspaceID {
        guard !state.takenWorkspaces.contains(workspace) else { return .workspaceTaken }
        updated.account.workspaceID = workspace
      }
      state.writes.append(write)
      if let plan = write.metadata?.planType { updated.account.plan = Plan(plan) }
      if write.settlesDowngrade { state.downgrades[id] = nil }
      if let recovery = write.recovery { updated.account.status = recovery.recovered.status }
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
