public import Fleet

/// An API key that was just made.
public struct NewKey: Hashable, Sendable {
  /// The store's identifier of the key.
  public let id: String
  /// The key itself: shown once, stored nowhere.
  public let plainKey: Secret
  /// Its first characters, by which it is recognised later.
  public let prefix: String
}
