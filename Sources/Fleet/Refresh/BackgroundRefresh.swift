/// Keeps all accounts fresh without being asked: one at a time, spread over the refresh interval.
///
/// Each account is looked at once per interval, a little later than that rather than earlier, so that its own last
/// sample is never still fresh.
public struct BackgroundRefresh: Sendable {
  private let store: any FleetStore
  private let refreshes: RefreshCoordinator
  private let activity: CallActivity
  private let clock: any FleetClock
  private let interval: Duration
  private let runsWhenIdle: Bool

  /// By how much a pause is prolonged at random, so that several daemons do not keep step.
  private static let jitter = 0...0.1
  /// The longest pause: accounts that are new, and calls after a quiet time, are not noticed earlier.
  private static let longestPause = Duration.seconds(60)
  /// After how long without a call there is nobody to keep anything fresh for.
  static let idleAfter = Duration.seconds(3_600)

  /// Composes it.
  ///
  /// - Parameters:
  ///   - interval: how often each account is looked at.
  ///   - runsWhenIdle: whether it goes on when nobody has called for an hour.
  public init(
    store: any FleetStore, refreshes: RefreshCoordinator, activity: CallActivity, clock: any FleetClock,
    interval: Duration, runsWhenIdle: Bool
  ) {
    self.store = store
    self.refreshes = refreshes
    self.activity = activity
    self.clock = clock
    self.interval = interval
    self.runsWhenIdle = runsWhenIdle
  }

  /// Runs until the calling task is cancelled; a look that has begun goes on all the same.
  public func run() async {
    var round: [AccountID] = []
    var pause = Duration.zero
    var due = clock.uptime
    // When the last look at each account ended.
    var ended: [AccountID: Duration] = [:]
    while !Task.isCancelled {
      if round.isEmpty {
        round = await refreshableAccounts()
        pause = min(interval / max(1, round.count), Self.longestPause)
        ended = round.reduce(into: [:]) { kept, id in kept[id] = ended[id] }
      }
      // What the last look took is part of the pause.
      due += pause * (1 + .random(in: Self.jitter))
      if let next = round.first, let last = ended[next] { due = max(due, last + interval) }
      do {
        try await clock.sleep(for: max(.zero, due - clock.uptime))
      } catch {
        return
      }
      due = clock.uptime
      guard runsWhenIdle || !activity.isIdle(for: Self.idleAfter, now: clock.uptime), !round.isEmpty else { continue }
      let account = round.removeFirst()
      await refreshes.visit(account)
      ended[account] = clock.uptime
    }
  }

  /// The accounts of one round. Without a store there are none; the next round looks again.
  private func refreshableAccounts() async -> [AccountID] {
    guard let records = try? await store.snapshot(of: .all).accounts else { return [] }
    return records.filter { $0.account.status.isRefreshable }.map(\.account.id)
  }
}
