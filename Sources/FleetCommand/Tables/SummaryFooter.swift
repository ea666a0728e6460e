internal import FleetClient

/// What there is to say about a summary as a whole.
struct SummaryFooter: Sendable {
  private let accounts: [FleetClient.Account]
  private let generatedAt: FleetClient.Instant
  private let style: Style
  private let isNarrowed: Bool

  /// Makes a footer.
  ///
  /// - Parameter isNarrowed: whether only some accounts were asked for.
  init(_ summary: FleetClient.Summary, style: Style, isNarrowed: Bool) {
    accounts = summary.accounts
    generatedAt = summary.generatedAt
    self.style = style
    self.isNarrowed = isNarrowed
  }

  /// The lines.
  var text: String {
    guard !accounts.isEmpty else {
      return isNarrowed
        ? "None of these accounts is visible to this key; leave --account out to see those that are.\n"
        : """
        No accounts. Take one from a Codex CLI with "codex-fleetd account import ~/.codex/auth.json"; if there are \
        some, this key may not see them.

        """
    }
    let usable = accounts.filter { $0.status == .active }
    var parts = [accounts.count == 1 ? "1 account" : "\(accounts.count) accounts", "\(usable.count) usable"]
    if let lowest = Self.lowest(of: usable) {
      let name = PrintableText.of(lowest.name)
      let shown = style.columns == nil ? name : DisplayWidth.truncated(name, to: 24, ellipsis: style.ellipsis)
      parts.append("lowest \(lowest.share.text) (\(shown))")
    }
    parts.append("as of \(generatedAt.clockTime(now: generatedAt.unixSeconds))")
    return "\n" + parts.joined(separator: style.separator) + "\n" + note
  }

  /// Why there are no figures, when there are none.
  private var note: String {
    guard accounts.allSatisfy({ $0.windows.allSatisfy(\.isBlank) && $0.usageRefreshedAt == nil }) else { return "" }
    // An account always has a time of its last login, so that a fleet without any is one that is hidden.
    return accounts.allSatisfy { $0.tokensRefreshedAt == nil }
      ? "This key may not see usage.\n" : "No usage yet; have it asked for with: codex-fleet refresh\n"
  }

  private static func lowest(of accounts: [FleetClient.Account]) -> (share: Share, name: String)? {
    let shares = accounts.flatMap { account in
      account.windows.compactMap(\.remainingPercent).map { (Share($0), account.displayName) }
    }
    return shares.min { $0.0.percent < $1.0.percent }
  }
}

extension FleetClient.Account {
  /// All windows, the shortest first.
  var windows: [FleetClient.Window] { [primary, secondary, monthly] }
}
