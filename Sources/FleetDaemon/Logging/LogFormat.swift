/// How log lines are written.
enum LogFormat: String, CaseIterable, Sendable {
  /// For people: time, level, message, metadata.
  case text
  /// For shippers: one JSON object per line.
  case json
}
