internal import NIOConcurrencyHelpers

/// Admits refreshes and owns each of them to its end.
///
/// A refresh is a flight of its own that nobody else joins: from before its first suspension until its session has
/// closed it is registered here, whoever is still listening. Its accounts go through flights that are shared by all
/// refreshes, so that no account is fetched twice at once.
public final class RefreshCoordinator: Sendable {
  /// The coordinator's limits.
  public struct Limits: Hashable, Sendable {
    /// Refreshes at once; one more is refused as overloaded.
    public var refreshes: Int
    /// Account flights at once, running and queued.
    public var flights: Int
    /// Parties that wait for account flights at once.
    public var waiters: Int

    /// Makes limits.
    public init(refreshes: Int = 256, flights: Int = 100_000, waiters: Int = 1_000_000) {
      self.refreshes = refreshes
      self.flights = flights
      self.waiters = waiters
    }
  }

  /// What the coordinator did and does; everything but the totals returns to zero when nothing runs.
  public struct Statistics: Hashable, Sendable {
    /// The refreshes themselves.
    public var refreshes: FlightCounts
    /// The account flights beneath them.
    public var flights: FlightCounts
    /// The token exchanges beneath those.
    public var exchanges: FlightCounts
    /// The background refresh's looks at single accounts.
    public var visits: FlightCounts

    /// Makes statistics; all zero without counts.
    public init(
      refreshes: FlightCounts = FlightCounts(), flights: FlightCounts = FlightCounts(),
      exchanges: FlightCounts = FlightCounts(), visits: FlightCounts = FlightCounts()
    ) {
      self.refreshes = refreshes
      self.flights = flights
      self.exchanges = exchanges
      self.visits = visits
    }
  }

  private typealias Outcome = Result<RefreshReport, StoreError>

  private let refreshes: Singleflight<RefreshID, Outcome>
  private let visits: Singleflight<AccountID, Void>
  private let flights: Singleflight<AccountID, AccountRefresh.Report>
  private let tokens: TokenExchange
  private let work: FleetRefresh
  private let liveSettings: LiveRefreshSettings
  private let slots: FetchSlots
  private let clock: any FleetClock
  private let observer: any FleetObserver
  private let lastNumber = NIOLockedValueBox<UInt64>(0)

  /// Composes a coordinator.
  public init(
    store: any FleetStore, upstream: any UsageUpstream & TokenUpstream, clock: any FleetClock,
    observer: any FleetObserver, settings: RefreshSettings = RefreshSettings(), limits: Limits = Limits()
  ) {
    let liveSettings = LiveRefreshSettings(settings)
    let memories = AccountMemories(settings: liveSettings)
    slots = FetchSlots(settings.concurrentFetches)
    self.liveSettings = liveSettings
    refreshes = Singleflight(flights: limits.refreshes, waiters: limits.refreshes, clock: clock)
    visits = Singleflight(flights: limits.refreshes, waiters: limits.refreshes, clock: clock)
    flights = Singleflight(flights: limits.flights, waiters: limits.waiters, clock: clock)
    tokens = TokenExchange(
      work: TokenExchangeFlight(store: store, upstream: upstream, clock: clock, observer: observer),
      flights: limits.flights, waiters: limits.waiters, clock: clock)
    work = FleetRefresh(
      store: store, clock: clock, settings: liveSettings, memories: memories, flights: flights,
      accountRefresh: AccountRefresh(
        store: store, upstream: upstream, tokens: tokens, clock: clock, observer: observer,
        settings: liveSettings, memories: memories, slots: slots))
    self.clock = clock
    self.observer = observer
  }

  /// Refreshes the accounts of a scope and waits for the report.
  ///
  /// - Throws: `.draining` or `.overloaded` without having started anything; `.storeUnavailable`; `.waitCancelled` as
  ///   soon as the calling task is cancelled, while the refresh goes on; `.draining` with the outcomes so far when the
  ///   drain limit passes first.
  public func refresh(_ scope: AccountScope) async throws(RefreshRefusal) -> RefreshReport {
    let id = nextID()
    let progress = RefreshProgress()
    let outcome: Outcome
    do {
      outcome = try await refreshes.landing(for: id) { [self] in await run(id, scope, progress) }.value
    } catch {
      switch error {
      case .draining: throw .draining(outcomesSoFar: progress.outcomes)
      case .overloaded: throw .overloaded
      case .waitCancelled: throw .waitCancelled
      }
    }
    do {
      return try outcome.get()
    } catch {
      throw .storeUnavailable(error)
    }
  }

  /// Looks at one account on nobody's behalf, through the same flight as everybody, and waits for it.
  ///
  /// Does nothing once admission is closed, or while as many looks run as refreshes may.
  public func visit(_ id: AccountID) async {
    _ = try? await visits.landing(for: id) { [flights, work, observer] in
      guard let report = try? await flights.landing(for: id, work: { await work.accountRefresh.run(id) }).value else {
        return
      }
      observer.note(.backgroundRefreshEnded(report.outcome))
    }
  }

  /// How refreshes are done now.
  public var settings: RefreshSettings { liveSettings.current }

  /// Has refreshes done in another way: for every decision from now on, also in refreshes that run. Fetches that have
  /// begun go on, also beyond a lower limit.
  public func apply(_ settings: RefreshSettings) {
    liveSettings.replace(with: settings)
    slots.resize(to: settings.concurrentFetches)
  }

  /// Refuses further refreshes from this moment on; those admitted run to their end.
  public func closeAdmission() {
    refreshes.closeAdmission()
    visits.closeAdmission()
  }

  /// Closes admission and waits for what was admitted; after `limit` the remaining callers are answered with what is
  /// known so far, and what still runs is reported by name.
  ///
  /// - Returns: whether everything ended within the limit.
  public func drain(within limit: Duration) async -> Bool {
    closeAdmission()
    let end = clock.uptime + limit
    let overdue = await refreshes.settle(within: limit)
    let visited = await visits.settle(within: max(.zero, end - clock.uptime))
    guard !overdue.isEmpty || !visited.isEmpty else { return true }
    observer.note(.drainOverdue(refreshes: overdue, accounts: flights.keysInFlight))
    refreshes.abandonWaiters()
    return false
  }

  /// Begins no further token exchange and waits for those that have begun, however long their new tokens take to get
  /// into the store: the old ones are used up, and nothing but the end of the process may lose the new ones.
  public func settleTokens() async {
    tokens.closeAdmission()
    var waiting = await tokens.settle(within: .zero)
    while !waiting.isEmpty {
      observer.note(.awaitingTokens(accounts: waiting))
      waiting = await tokens.settle(within: Self.tokenReminder)
    }
  }

  /// How often it is told what is still waited for.
  private static let tokenReminder = Duration.seconds(10)

  /// What the coordinator did and does.
  public var statistics: Statistics {
    Statistics(
      refreshes: refreshes.snapshot(), flights: flights.snapshot(), exchanges: tokens.statistics,
      visits: visits.snapshot())
  }

  private func run(_ id: RefreshID, _ scope: AccountScope, _ progress: RefreshProgress) async -> Outcome {
    let started = clock.uptime
    do {
      let report = try await work.run(scope, progress: progress)
      observer.note(
        .refreshEnded(
          id, accounts: report.accountCount,
          outcomes: report.outcomes.reduce(into: [:]) { $0[$1.result, default: 0] += 1 },
          took: clock.uptime - started))
      return .success(report)
    } catch {
      observer.note(.refreshFailed(id, error))
      return .failure(error)
    }
  }

  private func nextID() -> RefreshID {
    lastNumber.withLockedValue { number in
      number += 1
      return RefreshID(number: number)
    }
  }
}
