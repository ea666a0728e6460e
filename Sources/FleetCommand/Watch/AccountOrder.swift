internal import ArgumentParser
internal import FleetClient

/// In which order accounts are shown.
enum AccountOrder: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// By name.
  case name
  /// Those with most left first; what is unknown comes last.
  case share
  /// Those whose next reset is nearest first; those without one come last.
  case reset
  /// Those that can be used first.
  case status

  /// The one after this, and the first one after the last.
  var next: AccountOrder {
    let all = Self.allCases
    return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
  }

  /// The accounts in this order; equals by name.
  ///
  /// - Parameter now: seconds since 1970-01-01T00:00:00Z.
  func sorted(_ accounts: [FleetClient.Account], now: Int64) -> [FleetClient.Account] {
    let entries = accounts.map { account in
      (key: key(of: account, now: now), name: account.displayName.lowercased(), account: account)
    }
    return entries.sorted { ($0.key, $0.name, $0.account.id) < ($1.key, $1.name, $1.account.id) }.map(\.account)
  }

  private func key(of account: FleetClient.Account, now: Int64) -> Double {
    switch self {
    case .name: 0
    case .share: account.lowestShare.map { -$0.percent } ?? .infinity
    case .reset:
      account.windows.compactMap(\.resetAt?.unixSeconds).filter { $0 > now }.min().map { Double($0) } ?? .infinity
    case .status: Double(Self.rank(of: account.status))
    }
  }

  private static func rank(of status: FleetClient.AccountStatus) -> Int {
    let ranks: [FleetClient.AccountStatus] = [
      .active, .rateLimited, .quotaExceeded, .reauthRequired, .paused, .deactivated,
    ]
    return ranks.firstIndex(of: status) ?? ranks.count
  }
}
