internal import FleetClient

/// Accounts as a table.
struct SummaryTable: Sendable {
  private let accounts: [FleetClient.Account]
  private let names: [String]
  private let windows: [WindowColumn]
  private let style: Style
  private let now: Int64

  init(_ accounts: [FleetClient.Account], style: Style, now: Int64) {
    self.accounts = accounts
    names = accounts.map { PrintableText.of($0.displayName) }
    windows = Self.windows(of: accounts, sharesColumns: style.columns != nil)
    self.style = style
    self.now = now
  }

  /// The lines as one text; nothing without accounts.
  var text: String { accounts.isEmpty ? "" : table(layout).text(style) }

  /// The titles' line and one for each account.
  var lines: [StyledText] { table(layout).lines(style) }

  /// The roomiest layout that fits; the tightest when none does.
  private var layout: SummaryLayout {
    guard let columns = style.columns else { return .unabridged }
    // Every layout is at least as wide as the one before it, so that halving finds the last that fits.
    let layouts = SummaryLayout.all
    var (chosen, tooRoomy) = (0, layouts.count)
    while chosen + 1 < tooRoomy {
      let middle = (chosen + tooRoomy) / 2
      if table(layouts[middle]).fits(into: columns) { chosen = middle } else { tooRoomy = middle }
    }
    return layouts[chosen]
  }

  /// The windows' columns.
  ///
  /// An account that is counted by month has no other window, so that its month can stand in the long window's column
  /// where people read; other programs always find it in the same place.
  private static func windows(of accounts: [FleetClient.Account], sharesColumns: Bool) -> [WindowColumn] {
    let (long, months) = (accounts.map(\.secondary), accounts.map(\.monthly))
    let short = WindowColumn(accounts.map(\.primary), usualTitle: "5-HOUR", mixedTitle: "SHORT")
    let month = WindowColumn(months, usualTitle: "MONTH", mixedTitle: "LONGEST")
    guard sharesColumns, zip(long, months).allSatisfy({ $0.isBlank || $1.isBlank }) else {
      return [short, WindowColumn(long, usualTitle: "WEEK", mixedTitle: "LONG"), month]
    }
    let hasOnlyMonths = long.allSatisfy(\.isBlank) && !months.allSatisfy(\.isBlank)
    return [
      short, hasOnlyMonths ? month : WindowColumn(long, orMonths: months, usualTitle: "WEEK", mixedTitle: "LONG"),
    ]
  }

  private func table(_ layout: SummaryLayout) -> TextTable {
    let cells = windows.map {
      $0.cells(barColumns: layout.barColumns, reset: layout.reset, month: layout.month, style: style, now: now)
    }
    let rows = accounts.enumerated().map { row, account in
      let name = DisplayWidth.truncated(names[row], to: layout.nameColumns, ellipsis: style.ellipsis)
      var line = [StyledText(name)]
      if layout.hasPlan { line.append(StyledText(planName(of: account))) }
      if layout.hasStatus { line.append(StyledText(account.status.words(layout.status))) }
      line += cells.map { $0[row] }
      if let form = layout.sample { line.append(StyledText(sampleAge(of: account, form))) }
      return line
    }
    return TextTable(
      ["ACCOUNT"] + (layout.hasPlan ? ["PLAN"] : []) + (layout.hasStatus ? ["STATUS"] : []) + windows.map(\.title)
        + (layout.sample == nil ? [] : ["SAMPLE"]), rows: rows)
  }

  private func planName(of account: FleetClient.Account) -> String {
    account.plan.isEmpty || account.plan == "unknown" ? style.nothing : PrintableText.of(account.plan)
  }

  private func sampleAge(of account: FleetClient.Account, _ form: WordForm) -> String {
    account.usageRefreshedAt.map { DurationWords.ago(now - $0.unixSeconds, form) } ?? style.nothing
  }
}
