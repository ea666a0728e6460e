internal import FleetClient

/// One window of all accounts: the column's title and its cells.
struct WindowColumn: Sendable {
  /// How the reset is told.
  enum Reset: Sendable {
    /// As in `resets in 2 h 14 min`.
    case sentence
    /// As in `in 2 h 14 min`.
    case short
    case none
  }

  private let windows: [FleetClient.Window]
  let title: String

  /// Makes a column.
  ///
  /// - Parameter usualTitle: the title when no window tells its length, or when they tell different ones.
  init(_ windows: [FleetClient.Window], usualTitle: String, mixedTitle: String) {
    self.windows = windows
    let lengths = Set(windows.compactMap(\.windowMinutes))
    switch lengths.count {
    case 0: title = usualTitle
    case 1: title = lengths.first.map(Self.title(ofMinutes:)) ?? usualTitle
    default: title = mixedTitle
    }
  }

  /// Whether there is nothing in any cell.
  var isBlank: Bool { windows.allSatisfy(\.isBlank) }

  /// The cells, in the order of the accounts.
  func cells(barColumns: Int, reset: Reset, style: Style, now: Int64) -> [StyledText] {
    let shares = windows.map { $0.remainingPercent.map { Share($0) } }
    let width = shares.reduce(0) { max($0, $1?.text.count ?? 0) }
    return zip(windows, shares).map { window, share in
      let resetText = window.resetAt.map { Self.text(of: $0, reset, now: now) } ?? ""
      guard let share else { return StyledText(resetText.isEmpty ? style.nothing : resetText) }
      let bar = barColumns > 0 ? share.bar(columns: barColumns, style) + " " : ""
      let text = StyledText(bar + DisplayWidth.padded(share.text, to: width, atStart: true), color: share.color)
      return resetText.isEmpty ? text : text + StyledText(" " + resetText)
    }
  }

  private static func text(of resetAt: FleetClient.Instant, _ reset: Reset, now: Int64) -> String {
    let seconds = resetAt.unixSeconds - now
    switch reset {
    case .none: return ""
    case .sentence: return seconds > 0 ? "resets in \(DurationWords.full(seconds))" : "reset is due"
    case .short: return seconds > 0 ? "in \(DurationWords.full(seconds))" : "due"
    }
  }

  private static func title(ofMinutes minutes: Int64) -> String {
    let (hour, day): (Int64, Int64) = (60, 1_440)
    switch minutes {
    case hour: return "HOUR"
    case day: return "DAY"
    case 7 * day: return "WEEK"
    case 30 * day: return "MONTH"
    case _ where minutes > 0 && minutes % day == 0: return "\(minutes / day)-DAY"
    case _ where minutes > 0 && minutes % hour == 0: return "\(minutes / hour)-HOUR"
    default: return "\(minutes)-MIN"
    }
  }
}

extension FleetClient.Window {
  /// Whether there is nothing to show.
  var isBlank: Bool { remainingPercent == nil && resetAt == nil && windowMinutes == nil }
}
