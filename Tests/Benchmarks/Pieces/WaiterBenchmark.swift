internal import Fleet
internal import FleetSQLite
internal import FleetTestSupport
internal import StoreBuilder

/// Many waiters on one flight, all cancelled before its work ends: what a waiter costs must not depend on their number.
struct WaiterBenchmark {
  /// What one run took.
  struct Figures {
    let waiters: Int
    let joining: Duration
    let leaving: Duration

    /// Joining and leaving, for one waiter.
    var each: Duration { (joining + leaving) / waiters }
  }

  /// An upstream that answers when it is let.
  private struct GatedUpstream: UsageUpstream, TokenUpstream {
    let gate: Gate

    func usage(for request: UsageRequest) async -> UsageAnswer {
      await gate.pass()
      return .payload(UsagePayload(primary: .init(usedPercent: 25, limitWindowSeconds: 18_000)))
    }

    func exchange(_ request: TokenRequest) async -> TokenAnswer { .failure(UpstreamFailure(.unreachable)) }
  }

  /// Runs with so many waiters.
  ///
  /// - Throws: `Failure` when the work's outcome was not stored or anything is left behind.
  static func run(waiters count: Int) async throws -> Figures {
    let store = try await OwnStore.build { StoredAccount("a") }
    let opened = try await store.open()
    let gate = Gate()
    let coordinator = RefreshCoordinator(
      store: opened, upstream: GatedUpstream(gate: gate), clock: MachineClock(), observer: SilentObserver(),
      limits: RefreshCoordinator.Limits(refreshes: count + 1, waiters: count + 1))
    let clock = ContinuousClock()
    let begun = clock.now
    let tasks = (0..<count).map { _ in Task { await coordinator.visit(AccountID("a")) } }
    while coordinator.statistics.visits.waiters < count { await Task.yield() }
    let joined = clock.now
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    let left = clock.now
    guard coordinator.statistics.visits.waiters == 0, coordinator.statistics.visits.inFlight == 1 else {
      throw Failure(description: "the waiters did not leave, or took the work with them")
    }
    gate.open()
    while coordinator.statistics.visits.inFlight > 0 || coordinator.statistics.flights.inFlight > 0 {
      await Task.yield()
    }
    let rows = try store.value("SELECT count(*) FROM usage_history")
    guard rows == "1", opened.sessionCounts.open == 0 else {
      throw Failure(description: "the outcome was not stored, or a session is open")
    }
    await opened.close()
    return Figures(waiters: count, joining: joined - begun, leaving: left - joined)
  }

  /// What went wrong in a run.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }
}
