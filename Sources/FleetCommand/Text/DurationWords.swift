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

  /// How long ago something was: `just now`, `45 s ago`, `3 min ago`, `2 h ago`, `3 d ago`.
  static func ago(_ seconds: Int64) -> String {
    switch seconds {
    case ..<5: "just now"
    case ..<60: "\(seconds) s ago"
    case ..<3_600: "\(seconds / 60) min ago"
    case ..<86_400: "\(seconds / 3_600) h ago"
    default: "\(seconds / 86_400) d ago"
    }
  }

  private static func pair(_ large: Int64, _ largeUnit: String, _ small: Int64, _ smallUnit: String) -> String {
    small == 0 ? "\(large) \(largeUnit)" : "\(large) \(largeUnit) \(small) \(smallUnit)"
  }
}
