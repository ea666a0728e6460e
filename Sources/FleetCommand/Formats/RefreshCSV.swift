internal import FleetClient

/// A refresh's outcomes as comma-separated values, a line for each account.
struct RefreshCSV: Sendable {
  let text: String

  init(_ result: FleetClient.RefreshResult) {
    var csv = CSVText(["account_id", "outcome", "reason", "observed_at", "blocked_until"])
    for outcome in result.outcomes {
      csv.append([
        .text(outcome.accountID), .text(outcome.kind.rawValue), .text(outcome.reason), .plain(outcome.observedAt),
        .plain(outcome.blockedUntil),
      ])
    }
    text = csv.text
  }
}
