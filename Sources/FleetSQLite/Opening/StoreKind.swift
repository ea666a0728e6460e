/// Whose store it is.
public enum StoreKind: String, Hashable, Sendable {
  /// This program's own: created, migrated and administered by it.
  case own
  /// A codex-lb's, shared with it: rows are read and written, nothing else is changed.
  case codexLB = "codex-lb"
}
