internal import FleetClient

extension FleetClient.Account {
  /// All windows, the shortest first.
  var windows: [FleetClient.Window] { [primary, secondary, monthly] }

  /// The lowest share that is known of its windows; nil when none is.
  var lowestShare: Share? { windows.compactMap(\.remainingPercent).min().map { Share($0) } }

  /// Whether a refresh looks at it: one that is out of use keeps the shares it has.
  var isRefreshable: Bool {
    switch status {
    case .paused, .deactivated, .reauthRequired: false
    default: true
    }
  }
}

extension [FleetClient.Account] {
  /// Whether their usage is hidden from the key, by itself or by the store's settings: an account always has a time of its last login, so that accounts without
  /// any are such whose usage is hidden.
  var isUsageHidden: Bool { allSatisfy { $0.tokensRefreshedAt == nil && $0.usageRefreshedAt == nil } }
}
