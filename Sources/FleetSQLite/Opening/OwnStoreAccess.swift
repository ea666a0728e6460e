/// Who opens an own store.
public enum OwnStoreAccess: Sendable {
  /// The one daemon that serves it, which keeps every other daemon off.
  case daemon
  /// A command that changes keys, accounts or settings, also while a daemon serves the store.
  case administration
}
