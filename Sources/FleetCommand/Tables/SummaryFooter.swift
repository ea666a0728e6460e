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
    let instant = "as of \(generatedAt.clockTime(now: generatedAt.unixSeconds))"
    return "\n" + (Self.counts(of: accounts, style) + [instant]).joined(separator: style.separator) + "\n" + note
  }

  /// How many accounts there are, how many can be used now, and the lowest share of those.
  static func counts(of accounts: [FleetClient.Account], _ style: Style) -> [String] {
    let usable = accounts.filter { $0.status == .active }
    var parts = [accounts.count == 1 ? "1 account" : "\(accounts.count) accounts", "\(usable.count) usable"]
    if let lowest = lowest(of: usable) {
      let name = PrintableText.of(lowest.name)
      let shown = style.columns == nil ? name : DisplayWidth.truncated(name, to: 24, ellipsis: style.ellipsis)
      parts.append("lowest \(lowest.share.text) (\(shown))")
    }
    return parts
  }

  /// Why there are no figures, when there are none.
  private var note: String {
    guard accounts.allSatisfy({ $0.windows.allSatisfy(\.isBlank) && $0.usageRefreshedAt == nil }) else { return "" }
    return accounts.isUsageHidden
      ? "Usage is hidden: this key may not see it, or the store's settings hide it from every key.\n"
      : "No usage yet; have it asked for with: codex-fleet refresh\n"
  }

  private static func lowest(of accounts: [FleetClient.Account]) -> (share: Share, name: String)? {
    accounts.compactMap { account in account.lowestShare.map { ($0, account.displayName) } }
      .min { $0.0.percent < $1.0.percent }
  }
}
