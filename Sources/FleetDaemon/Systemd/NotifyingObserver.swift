internal import Fleet

/// Tells systemd of what an administrator looks for in `systemctl status`, and asks for time where tokens need it.
struct NotifyingObserver: FleetObserver {
  let notifier: ServiceNotifier
  let clock: any FleetClock

  /// How much longer a stop may take each time new tokens are still not stored; they are told of every 10 s.
  private static let grace = Duration.seconds(60)

  func note(_ event: FleetEvent) {
    switch event {
    case .refreshEnded(_, let accounts, let outcomes, _):
      let counts = outcomes.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) \($0.key.rawValue)" }
      notifier.status(
        "Serving; last refresh at \(clock.now.rfc3339) of \(accounts) accounts: \(counts.joined(separator: ", "))")
    case .awaitingTokens(let accounts):
      notifier.stillStopping(
        "Stopping as soon as the new logins of \(accounts.count) accounts are stored", within: Self.grace)
    default: break
    }
  }
}
