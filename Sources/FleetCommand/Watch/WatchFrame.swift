internal import FleetClient

/// What a live view shows at one instant.
struct WatchFrame: Sendable {
  /// The rows from the top, none wider than the screen, no more than it has.
  let lines: [StyledText]

  /// - Parameters:
  ///   - style: how to draw; its columns are those of the state's size.
  ///   - now: seconds since 1970-01-01T00:00:00Z.
  init(_ state: WatchState, style: Style, now: Int64, uptime: Duration) {
    var style = style
    style.columns = state.size.columns
    let drawing = Drawing(state: state, style: style, now: now, uptime: uptime)
    let lines =
      state.showsHelp
      ? WatchHelp.lines(rows: state.size.rows, offset: state.helpOffset, style) : drawing.accounts
    self.lines = lines.prefix(state.size.rows).map {
      $0.truncated(to: state.size.columns, ellipsis: style.ellipsis)
    }
  }

  private struct Drawing {
    let state: WatchState
    let style: Style
    let now: Int64
    let uptime: Duration

    /// The accounts between what is said about them.
    var accounts: [StyledText] {
      let layout = state.layout
      let sorted = state.order.sorted(Array(state.accounts.values), now: now)
      var lines: [StyledText] = []
      if layout.hasHeadline {
        let counts = SummaryFooter.counts(of: sorted, style)
        lines.append(StyledText((["codex-fleet"] + counts).joined(separator: style.separator), look: .bold))
      }
      if sorted.isEmpty {
        lines.append(StyledText(state.emptiness))
      } else {
        lines += table(of: sorted, layout)
      }
      let below = (layout.hasStatus ? 1 : 0) + (layout.hasKeys ? 1 : 0)
      while lines.count < state.size.rows - below { lines.append("") }
      if layout.hasStatus { lines.append(WatchStatus(state, style: style, uptime: uptime).line) }
      if layout.hasKeys { lines.append(keys) }
      return lines
    }

    private func table(of sorted: [FleetClient.Account], _ layout: WatchLayout) -> [StyledText] {
      var narrower = style
      narrower.columns = state.size.columns - WatchMark.columns
      let rows = SummaryTable(sorted, style: narrower, now: now).lines
      let shown = state.offset..<min(state.offset + layout.page, sorted.count)
      let marks = WatchMark.marks(of: sorted[shown].map(\.id), in: state.refresh)
      var lines: [StyledText] = []
      if layout.hasTitles, let titles = rows.first {
        lines.append(StyledText(WatchMark.none.text(style).plain + titles.plain, look: .bold))
      }
      // The first row is that of the titles.
      lines += zip(marks, shown).map { mark, row in mark.text(style) + rows[row + 1] }
      if layout.hasRest {
        lines.append(style.rest(above: shown.lowerBound, below: sorted.count - shown.upperBound))
      }
      return lines
    }

    private var keys: StyledText {
      StyledText("r", look: .bold) + " refresh  " + StyledText("s", look: .bold) + " sort: \(state.order.rawValue)  "
        + StyledText("?", look: .bold) + " help  " + StyledText("q", look: .bold) + " quit"
    }
  }
}
