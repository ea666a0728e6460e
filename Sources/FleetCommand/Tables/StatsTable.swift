internal import FleetClient

/// The daemon's statistics as a table.
struct StatsTable: Sendable {
  private let stats: FleetClient.Stats
  private let style: Style

  init(_ stats: FleetClient.Stats, style: Style) {
    self.stats = stats
    self.style = style
  }

  /// The lines.
  var text: String {
    let rows =
      [
        row("client connections", stats.connections), row("calls", stats.calls),
        row("subscriptions", stats.subscriptions), row("refreshes", stats.refreshes),
        row("account look-ups", stats.flights), row("background look-ups", stats.visits),
        row("login renewals", stats.exchanges), row("store sessions", stats.sessions),
        row("upstream requests", stats.upstreamRequests),
      ]
      + [
        ["upstream connections", "", "\(stats.upstreamConnectionsOpened)"],
        ["connections refused", "", "\(stats.connectionsRefused)"],
      ]
    let titles = ["WHAT", "NOW", "IN ALL", "JOINED", "WAITING", "OLDEST"]
    let columns = titles.indices.map { column in
      ([titles[column]] + rows.map { column < $0.count ? $0[column] : "" }).map(\.count).max() ?? 0
    }
    // Figures stand under each other by their last digit.
    func aligned(_ cells: [String]) -> [String] {
      cells.enumerated().map { column, cell in
        column == 0 || cell.isEmpty ? cell : DisplayWidth.padded(cell, to: columns[column], atStart: true)
      }
    }
    return TextTable(aligned(titles), rows: rows.map { aligned($0).map { StyledText($0) } }).text(style)
  }

  /// What the daemon is.
  var footer: String {
    let version = PrintableText.of(stats.version)
    var parts = ["codex-fleetd \(version)", "up \(Self.span(stats.uptimeSeconds))", storeName]
    if stats.isDraining { parts.append("about to stop") }
    return "\n" + parts.joined(separator: style.separator) + "\n"
  }

  private var storeName: String {
    switch stats.store {
    case .own: "own store"
    case .codexLB: "codex-lb's store"
    case let other: "store: \(PrintableText.of(other.rawValue))"
    }
  }

  private func row(_ name: String, _ counts: FleetClient.Stats.Counts) -> [String] {
    [name, "\(counts.now)", "\(counts.total)"]
  }

  private func row(_ name: String, _ work: FleetClient.Stats.Work) -> [String] {
    row(name, work.counts)
      + ["\(work.joined)", "\(work.waiters)", work.counts.now > 0 ? Self.span(work.oldestSeconds) : style.nothing]
  }

  private static func span(_ seconds: Double) -> String {
    // What no clock has shown is shown as the nearest that one could.
    DurationWords.full(Int64(exactly: seconds.rounded(.down)) ?? (seconds > 0 ? .max : 0))
  }
}
