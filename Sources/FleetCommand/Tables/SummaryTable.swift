internal import FleetClient

/// The accounts of a summary as a table.
struct SummaryTable: Sendable {
  /// What a line has room for.
  private struct Layout {
    var barColumns = 0
    var reset = WindowColumn.Reset.short
    var hasSample = true
    var hasPlan = true
    /// How much of the names must be left for this layout to be chosen.
    var leastName = 20

    /// From the roomiest to the tightest. Where the age of the sample has gone, short bars may have room again.
    static let all = [
      Layout(barColumns: 20, reset: .sentence), Layout(barColumns: 14, reset: .sentence),
      Layout(barColumns: 10, reset: .sentence), Layout(barColumns: 10), Layout(barColumns: 8), Layout(barColumns: 6),
      Layout(barColumns: 4), Layout(), Layout(barColumns: 6, hasSample: false), Layout(barColumns: 4, hasSample: false),
      Layout(hasSample: false, leastName: 12), Layout(hasSample: false, hasPlan: false, leastName: 12),
      Layout(reset: .none, hasSample: false, hasPlan: false),
    ]
  }

  private let accounts: [FleetClient.Account]
  private let windows: [WindowColumn]
  private let style: Style
  private let now: Int64

  init(_ summary: FleetClient.Summary, style: Style, now: Int64) {
    accounts = summary.accounts
    self.style = style
    self.now = now
    let month = WindowColumn(accounts.map(\.monthly), usualTitle: "MONTH", mixedTitle: "LONGEST")
    windows =
      [
        WindowColumn(accounts.map(\.primary), usualTitle: "5-HOUR", mixedTitle: "SHORT"),
        WindowColumn(accounts.map(\.secondary), usualTitle: "WEEK", mixedTitle: "LONG"),
      ] + (month.isBlank ? [] : [month])
  }

  /// The lines; nothing without accounts.
  var text: String {
    guard !accounts.isEmpty else { return "" }
    guard style.drawsBars, let columns = style.columns else { return table(Layout()).text(style) }
    var tightest = table(Layout())
    for layout in Layout.all {
      tightest = table(layout)
      if tightest.fits(into: columns, keeping: layout.leastName) { break }
    }
    return tightest.text(style)
  }

  private func table(_ layout: Layout) -> TextTable {
    let cells = windows.map {
      $0.cells(barColumns: layout.barColumns, reset: layout.reset, style: style, now: now)
    }
    let rows = accounts.enumerated().map { row, account in
      var line = [StyledText(PrintableText.of(account.displayName))]
      if layout.hasPlan { line.append(StyledText(planName(of: account))) }
      line.append(StyledText(account.status.words))
      line += cells.map { $0[row] }
      if layout.hasSample { line.append(StyledText(sampleAge(of: account))) }
      return line
    }
    return TextTable(
      ["ACCOUNT"] + (layout.hasPlan ? ["PLAN"] : []) + ["STATUS"] + windows.map(\.title)
        + (layout.hasSample ? ["SAMPLE"] : []), rows: rows)
  }

  private func planName(of account: FleetClient.Account) -> String {
    account.plan.isEmpty || account.plan == "unknown" ? style.nothing : PrintableText.of(account.plan)
  }

  private func sampleAge(of account: FleetClient.Account) -> String {
    account.usageRefreshedAt.map { DurationWords.ago(now - $0.unixSeconds) } ?? style.nothing
  }
}
