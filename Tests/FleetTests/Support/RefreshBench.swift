import FleetTestSupport
import Testing

@testable import Fleet

/// A coordinator on a store, an upstream, a clock and an observer that the test holds.
struct RefreshBench {
  let clock = TestClock(now: .at(1_000_000))
  let observer = EventRecorder()
  let store: InMemoryFleetStore
  let upstream: ScriptedUpstream
  let coordinator: RefreshCoordinator

  init(
    _ store: InMemoryFleetStore, gate: Gate? = nil, tokenGate: Gate? = nil,
    settings: RefreshSettings = .init(), limits: RefreshCoordinator.Limits = .init()
  ) {
    self.store = store
    upstream = ScriptedUpstream(gate: gate, tokenGate: tokenGate)
    coordinator = RefreshCoordinator(
      store: store, upstream: upstream, clock: clock, observer: observer, settings: settings,
      limits: limits)
  }

  /// A bench of so many accounts without rows.
  init(
    accounts count: Int, gate: Gate? = nil, tokenGate: Gate? = nil, settings: RefreshSettings = .init(),
    limits: RefreshCoordinator.Limits = .init()
  ) {
    self.init(
      InMemoryFleetStore(accounts: count), gate: gate, tokenGate: tokenGate, settings: settings, limits: limits)
  }

  /// Refreshes in a task of its own.
  func start(_ scope: AccountScope = .all) -> Task<RefreshReport, any Error> {
    Task { try await coordinator.refresh(scope) }
  }

  /// Refreshes and gives the only account's outcome.
  func onlyOutcome() async throws -> RefreshOutcome {
    let report = try await coordinator.refresh(.all)
    try #require(report.outcomes.count == 1)
    return report.outcomes[0]
  }

  /// Waits until nothing runs, and sees that nothing is left behind.
  func expectAtRest(sourceLocation: SourceLocation = #_sourceLocation) async {
    await until {
      let statistics = coordinator.statistics
      return [statistics.refreshes, statistics.visits, statistics.flights, statistics.exchanges].allSatisfy {
        $0.inFlight == 0
      }
    }
    let statistics = coordinator.statistics
    #expect(statistics.refreshes.waiters == 0 && statistics.flights.waiters == 0, sourceLocation: sourceLocation)
    #expect(statistics.exchanges.waiters == 0 && store[\.claims].isEmpty, sourceLocation: sourceLocation)
    #expect(store.sessionCounts.open == 0, sourceLocation: sourceLocation)
    #expect(store[\.callsAfterClose] == 0, sourceLocation: sourceLocation)
    #expect(upstream[\.running] == 0, sourceLocation: sourceLocation)
  }
}

extension RefreshReport {
  var results: [RefreshOutcome.Result] { outcomes.map(\.result) }
}
