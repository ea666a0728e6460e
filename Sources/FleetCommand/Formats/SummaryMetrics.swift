internal import FleetClient

/// A summary as metrics for Prometheus.
///
/// Every sample carries the account's id; its name, which may change and may be an e-mail address, stands only in
/// `codex_fleet_account_info`, to be joined where it is wanted. What is unknown has no sample.
struct SummaryMetrics: Sendable {
  let text: String

  init(_ summary: FleetClient.Summary) {
    var metrics = PrometheusText()
    let accounts = summary.accounts
    metrics.gauge("codex_fleet_accounts", "Accounts that the API key may see.", [.init(Double(accounts.count))])
    metrics.gauge(
      "codex_fleet_account_info", "The account's name and plan; always 1.",
      accounts.map { .init(1, ("account", $0.id), ("name", $0.displayName), ("plan", $0.plan)) })
    metrics.gauge(
      "codex_fleet_account_usable", "Whether the account can be used now: 1 if its status is active, else 0.",
      accounts.map { .init($0.status == .active ? 1 : 0, ("account", $0.id)) })
    metrics.gauge(
      "codex_fleet_account_status", "The account's status: 1 for the one it has, 0 for the others.",
      accounts.flatMap { account in
        Self.statuses(with: account.status).map {
          .init($0 == account.status ? 1 : 0, ("account", account.id), ("status", $0.rawValue))
        }
      })
    metrics.gauge(
      "codex_fleet_remaining_ratio", "What is left in the account's window, from 0 to 1.",
      Self.windows(of: accounts) { $0.remainingPercent.map { (Share($0).percent * 10_000).rounded() / 1_000_000 } })
    metrics.gauge(
      "codex_fleet_reset_timestamp_seconds", "When the account's window resets, in Unix time.",
      Self.windows(of: accounts) { $0.resetAt?.timestamp })
    metrics.gauge(
      "codex_fleet_window_seconds", "How long the account's window is.",
      Self.windows(of: accounts) { $0.windowMinutes.map { Double($0) * 60 } })
    metrics.gauge(
      "codex_fleet_usage_timestamp_seconds", "When the account's usage was last looked at, in Unix time.",
      accounts.compactMap { account in account.usageRefreshedAt.map { .init($0.timestamp, ("account", account.id)) } })
    metrics.gauge(
      "codex_fleet_login_timestamp_seconds", "When the account's login was last renewed, in Unix time.",
      accounts.compactMap { account in account.tokensRefreshedAt.map { .init($0.timestamp, ("account", account.id)) } })
    metrics.gauge(
      "codex_fleet_generated_timestamp_seconds", "When these figures were made, in Unix time.",
      [.init(summary.generatedAt.timestamp)])
    text = metrics.text
  }

  private static func windows(
    of accounts: [FleetClient.Account], _ value: (FleetClient.Window) -> Double?
  ) -> [PrometheusText.Sample] {
    accounts.flatMap { account in
      zip(["primary", "secondary", "monthly"], account.windows).compactMap { name, window in
        value(window).map { .init($0, ("account", account.id), ("window", name)) }
      }
    }
  }

  private static func statuses(with status: FleetClient.AccountStatus) -> [FleetClient.AccountStatus] {
    let known: [FleetClient.AccountStatus] = [
      .active, .rateLimited, .quotaExceeded, .paused, .reauthRequired, .deactivated,
    ]
    return known.contains(status) ? known : known + [status]
  }
}

extension FleetClient.Instant {
  /// Seconds since 1970-01-01T00:00:00Z, with their fraction.
  fileprivate var timestamp: Double { Double(unixMicroseconds) / 1_000_000 }
}
