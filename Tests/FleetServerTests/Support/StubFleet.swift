public import Fleet
import FleetServer
import FleetTestSupport
import NIOConcurrencyHelpers

/// A core whose answers the test decides; its keys are `full`, `expired`, and `broken` (the store fails).
struct StubFleet: FleetCalls {
  var summaryAnswer: @Sendable (Set<AccountID>?) async throws(StoreError) -> FleetLook = {
    (_) async throws(StoreError) in StubFleet.look([])
  }
  /// What is known without being read; nothing is, by itself.
  var knownAnswer: @Sendable () -> FleetLook? = { nil }
  var refreshAnswer: @Sendable (Set<AccountID>?) async throws(RefreshRefusal) -> RefreshReport = {
    (_) async throws(RefreshRefusal) in StubFleet.report
  }

  /// What subscribers are told by; nothing changes by itself.
  var changeStream: @Sendable () -> AsyncStream<Void> = { AsyncStream { _ in } }

  /// Whether the key `full` has been revoked meanwhile.
  var isRevoked: @Sendable () -> Bool = { false }

  func changes() -> AsyncStream<Void> { changeStream() }

  /// A core whose refreshes wait at a gate.
  static func refreshing(behind gate: Gate) -> StubFleet {
    StubFleet(
      refreshAnswer: { (_) async throws(RefreshRefusal) in
        await gate.passUnlessCancelled()
        return report
      })
  }

  static let statistics = FleetStatistics(
    work: RefreshCoordinator.Statistics(), sessions: SessionCounts(opened: 3, open: 1), upstreamRequests: 7,
    upstreamInFlight: 2, upstreamConnectionsOpened: 4, storeKind: "own")
  static let instant = Timestamp("2026-01-02T03:04:05Z")
  static let report = RefreshReport(
    usageWritten: false, accountCount: 0, attemptedCount: 0, generatedAt: instant, outcomes: [])

  static func look(_ accounts: [AccountRecord], at now: Timestamp = instant) -> FleetLook {
    FleetLook(
      at: FleetState(FleetSnapshot(accounts: accounts, hidesUpstreamQuota: false)), for: allSeeing, now: now,
      refreshInterval: .seconds(60))
  }

  private static let allSeeing: Caller = {
    do {
      return try caller(until: nil)
    } catch {
      preconditionFailure("an active key without an end is let in")
    }
  }()

  private static func caller(until end: Timestamp?) throws(Caller.Refusal) -> Caller {
    try Caller(
      key: APIKey(
        id: "key", isActive: true, expiresAt: end, usageSections: "account_pool_usage,upstream_limits", scope: .all),
      now: instant)
  }

  // SHA-256 of "full", "expired" and "broken", as sha256sum gives them.
  private static let full = "a18b869b2e81c0c529552a3c4fa5c92ed08b98a4e146aed778d71d27517f83ac"
  private static let expired = "fa64ea1e82e1206f828ab2a02917c7e92accb98e3b95881a1b4ad52b914b66e3"
  private static let broken = "f526795c95399cea27c055c842c3d6ab018ed0fa4f66f701c28ab22dec28237b"

  func caller(holding digest: APIKeyDigest) async throws(FleetService.AuthenticationFailure) -> Caller {
    do throws(Caller.Refusal) {
      switch digest.hexadecimal {
      case Self.full where isRevoked(): throw .invalidKey
      case Self.full: return try Self.caller(until: nil)
      case Self.expired: return try Self.caller(until: Self.instant)
      case Self.broken: break
      default: throw .invalidKey
      }
    } catch {
      throw .refused(error)
    }
    throw .storeUnavailable(StoreError(.busy, "the database is locked"))
  }

  func look(for caller: Caller, accountIDs: Set<AccountID>?) async throws(StoreError) -> FleetLook {
    try await summaryAnswer(accountIDs)
  }

  func lookAtOnce(holding digest: APIKeyDigest) -> FleetLook? {
    digest.hexadecimal == Self.full && !isRevoked() ? knownAnswer() : nil
  }

  func refresh(for caller: Caller, accountIDs: Set<AccountID>?) async throws(RefreshRefusal) -> RefreshReport {
    try await refreshAnswer(accountIDs)
  }
}

extension Timestamp {
  /// The instant that a literal of the test names.
  init(_ text: StaticString) {
    guard let instant = Timestamp(rfc3339: "\(text)") else { preconditionFailure("not an instant: \(text)") }
    self = instant
  }
}

extension AccountID: ExpressibleByStringLiteral {
  /// Makes an identifier of a literal.
  public init(stringLiteral value: String) { self.init(value) }
}
