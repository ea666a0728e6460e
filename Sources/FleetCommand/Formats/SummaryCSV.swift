internal import FleetClient

/// A summary as comma-separated values, a line for each account; the shares lie from 0 to 100, as in the table.
struct SummaryCSV: Sendable {
  let text: String

  init(_ summary: FleetClient.Summary) {
    let windows = ["primary", "secondary", "monthly"]
    var csv = CSVText(
      ["account_id", "display_name", "email", "status", "plan"]
        + windows.flatMap { ["\($0)_remaining_percent", "\($0)_reset_at", "\($0)_window_minutes"] }
        + ["last_refresh_at", "usage_refreshed_at"])
    for account in summary.accounts {
      csv.append(
        [
          .text(account.id), .text(account.displayName), .text(account.email), .text(account.status.rawValue),
          .text(account.plan),
        ]
          + account.windows.flatMap { window -> [CSVText.Cell] in
            [
              .plain(window.remainingPercent.map { Share($0).percent }), .plain(window.resetAt),
              .plain(window.windowMinutes),
            ]
          } + [.plain(account.tokensRefreshedAt), .plain(account.usageRefreshedAt)])
    }
    text = csv.text
  }
}
