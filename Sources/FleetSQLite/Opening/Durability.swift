/// How far a commit is on disk when it returns; the raw value is SQLite's word for it.
enum Durability: String, Sendable {
  /// Survives a crash of the process; the last commits may be lost with the power. For what can be measured again.
  case usage = "NORMAL"
  /// Survives the loss of power. For tokens, statuses, keys and settings.
  case full = "FULL"
}
