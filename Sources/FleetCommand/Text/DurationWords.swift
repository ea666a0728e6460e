/// Spans of time in words.
enum DurationWords {
  /// A span to the minute: `45 s`, `14 min`, `2 h 14 min`, `3 d 4 h`.
  static func full(_ seconds: Int64) -> String {
    switch max(0, seconds) {
    case let seconds where seconds < 60: "\(seconds) s"
    case let seconds where seconds < 3_600: "\(seconds / 60) min"
    case let seconds where seconds < 86_400: pair(seconds / 3_600, "h", seconds % 3_600 / 60, "min")
    case let seconds: pair(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h")
    }
  }

  /// The same where there is little room: `45s`, `14m`, `2h14`, `3d4h`, and from ten days on `25d`.
  static func short(_ seconds: Int64) -> String {
    switch max(0, seconds) {
    case let seconds where seconds < 60: "\(seconds)s"
    case let seconds where seconds < 3_600: "\(seconds / 60)m"
    case let seconds where seconds < 86_400: hours(seconds / 3_600, minutes: seconds % 3_600 / 60)
    case let seconds where seconds < 864_000 && seconds % 86_400 >= 3_600:
      "\(seconds / 86_400)d\(seconds % 86_400 / 3_600)h"
    case let seconds: "\(seconds / 86_400)d"
    }
  }

  /// How long ago something was: `just now`, `45 s ago`, `3 min ago`, `2 h ago`, `3 d ago`; where there is little room
  /// `now`, `45s ago`, `3m ago`, `2h ago`, `3d ago`.
  static func ago(_ seconds: Int64, _ form: WordForm = .full) -> String {
    let isShort = form == .short
    switch seconds {
    case ..<5: return isShort ? "now" : "just now"
    case ..<60: return "\(seconds)" + (isShort ? "s ago" : " s ago")
    case ..<3_600: return "\(seconds / 60)" + (isShort ? "m ago" : " min ago")
    case ..<86_400: return "\(seconds / 3_600)" + (isShort ? "h ago" : " h ago")
    default: return "\(seconds / 86_400)" + (isShort ? "d ago" : " d ago")
    }
  }

  private static func pair(_ large: Int64, _ largeUnit: String, _ small: Int64, _ smallUnit: String) -> String {
    small == 0 ? "\(large) \(largeUnit)" : "\(large) \(largeUnit) \(small) \(smallUnit)"
  }

  private static func hours(_ hours: Int64, minutes: Int64) -> String {
    minutes < 10 ? "\(hours)h0\(minutes)" : "\(hours)h\(minutes)"
  }
}
