internal import FleetClient

/// One window of all accounts: the column's title and its cells.
struct WindowColumn: Sendable {
  /// How the reset is told.
  enum Reset: Sendable {
    /// As in `resets in 2 h 14 min`.
    case sentence
    /// As in `in 2 h 14 min`.
    case short
    /// As in `2h14`.
    case compact
    case none
  }

  private let windows: [FleetClient.Window]
  /// Whether a cell is a month among other windows.
  private let isMonth: [Bool]
  let title: String

  /// Makes a column.
  ///
  /// - Parameters:
  ///   - months: shown, and marked, for accounts whose window is blank.
  ///   - usualTitle: the title when no window tells its length.
  ///   - mixedTitle: the title when the windows tell different ones.
  init(
    _ windows: [FleetClient.Window], orMonths months: [FleetClient.Window] = [], usualTitle: String, mixedTitle: String
  ) {
    isMonth = windows.indices.map { windows[$0].isBlank && $0 < months.count && !months[$0].isBlank }
    self.windows = zip(windows.indices, isMonth).map { $1 ? months[$0] : windows[$0] }
    let lengths = Set(windows.compactMap(\.windowMinutes))
    switch lengths.count {
    case 0: title = usualTitle
    case 1: title = lengths.first.map(Self.title(ofMinutes:)) ?? usualTitle
    default: title = mixedTitle
    }
  }

  /// The cells, in the order of the accounts.
  func cells(barColumns: Int, reset: Reset, month: WordForm, style: Style, now: Int64) -> [StyledText] {
    let shares = windows.map { $0.remainingPercent.map { Share($0) } }
    let resets = windows.map { $0.resetAt.map { Self.text(of: $0, reset, now: now) } ?? "" }
    let shareWidth = shares.reduce(0) { max($0, $1?.text.count ?? 0) }
    let resetWidth = zip(resets, isMonth).reduce(0) { max($0, $1.1 ? $1.0.count : 0) }
    return windows.indices.map { row in
      var parts: [StyledText] = []
      if let share = shares[row] {
        let bar = barColumns > 0 ? share.bar(columns: barColumns, style) + " " : ""
        let text = DisplayWidth.padded(share.text, to: shareWidth, atStart: true)
        parts.append(StyledText(bar + text, look: share.color))
      }
      if isMonth[row] && resetWidth > 0 {
        parts.append(StyledText(DisplayWidth.padded(resets[row], to: resetWidth)))
      } else if !resets[row].isEmpty {
        parts.append(StyledText(resets[row]))
      }
      if isMonth[row] { parts.append(StyledText(month == .full ? "(month)" : "mo")) }
      return parts.isEmpty ? StyledText(style.nothing) : parts.dropFirst().reduce(parts[0]) { $0 + " " + $1 }
    }
  }

  private static func text(of resetAt: FleetClient.Instant, _ reset: Reset, now: Int64) -> String {
    let seconds = resetAt.unixSeconds - now
    switch reset {
    case .none: return ""
    case .sentence: return seconds > 0 ? "resets in \(DurationWords.full(seconds))" : "reset is due"
    case .short: return seconds > 0 ? "in \(DurationWords.full(seconds))" : "due"
    case .compact: return seconds > 0 ? DurationWords.short(seconds) : "due"
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
