/// How log lines are written, as it is set.
enum LogFormat: String, CaseIterable, Sendable {
  /// `journal` when the journal reads standard error, else `text`.
  case auto
  /// For people: time, level, message, metadata; in colour on a terminal.
  case text
  /// For systemd's journal, which knows the time: the level as a priority such as `<4>`, message, metadata.
  case journal
  /// For shippers: one JSON object per line.
  case json
}
