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
    let lines = state.showsHelp ? drawing.help : drawing.accounts
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
        let (above, below) = (shown.lowerBound, sorted.count - shown.upperBound)
        let parts = [above > 0 ? "\(above) above" : nil, below > 0 ? "\(below) more" : nil].compactMap(\.self)
        lines.append(StyledText("\(style.ellipsis) " + parts.joined(separator: ", ")))
      }
      return lines
    }

    private var keys: StyledText {
      StyledText("r", look: .bold) + " refresh  " + StyledText("s", look: .bold) + " sort: \(state.order.rawValue)  "
        + StyledText("?", look: .bold) + " help  " + StyledText("q", look: .bold) + " quit"
    }

    /// What the keys and marks mean.
    var help: [StyledText] {
      let marks: [(WatchMark, String)] = [
        (.waiting, "is being asked for"), (.done, "has a new sample"), (.fresh, "its sample was recent enough"),
        (.delayed, "is left alone for a while"), (.failed, "could not be refreshed"),
      ]
      let keys = [
        ("r", "refresh"), ("s", "sort by name, share left, next reset, status"), ("up/down, k/j", "scroll"),
        ("PgUp/PgDn, Home/End", "scroll further"), ("Ctrl-L", "draw anew"), ("Ctrl-Z", "stop for a while"),
        ("?", "this help, and back"), ("q, Ctrl-C", "quit"),
      ]
      let width = keys.map(\.0.count).max() ?? 0
      return [StyledText("codex-fleet watch", look: .bold), ""]
        + keys.map { key, meaning in
          StyledText("  ") + StyledText(DisplayWidth.padded(key, to: width), look: .bold) + StyledText("  \(meaning)")
        }
        + [""]
        + marks.map { mark, meaning in
          StyledText("  ") + mark.text(style)
            + StyledText(DisplayWidth.padded("", to: width - WatchMark.columns) + "  \(meaning)")
        }
    }
  }
}
