internal import Fleet
internal import FleetSQLite

extension Daemon {
  /// Refreshes unasked as the settings want it, until the calling task is cancelled.
  func refreshUnasked() async {
    let changes = settings.changes()
    var next = changes.makeAsyncIterator()
    while !Task.isCancelled {
      await withTaskGroup(of: Void.self) { group in
        let wish = Wish(settings.current)
        if let background = background(settings.current) { group.addTask { await background.run() } }
        // A round that is under way is not begun anew for a change of something else.
        while !Task.isCancelled, wish == Wish(settings.current) { _ = await next.next() }
        group.cancelAll()
      }
    }
  }

  /// What the settings say about it that a reload may change.
  private struct Wish: Equatable {
    let isEnabled: Switch
    let isWanted: Switch?
    let interval: Duration
    let runsWhenIdle: Switch

    init(_ configuration: DaemonConfiguration) {
      isEnabled = configuration.usageRefresh
      isWanted = configuration.backgroundRefresh
      interval = configuration.refreshInterval
      runsWhenIdle = configuration.idleBackground
    }
  }

  /// The background refresh that the settings want; nil for none.
  private func background(_ configuration: DaemonConfiguration) -> BackgroundRefresh? {
    // Beside codex-lb nobody needs it: that one keeps its accounts fresh by itself.
    let isWanted = configuration.backgroundRefresh ?? (store.kind == .own ? .on : .off)
    guard configuration.usageRefresh == .on, isWanted == .on else { return nil }
    return BackgroundRefresh(
      store: store, refreshes: refreshes, activity: activity, clock: clock, interval: configuration.refreshInterval,
      runsWhenIdle: configuration.idleBackground == .on)
  }
}
