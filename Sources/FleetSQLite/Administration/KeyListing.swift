public import Fleet

/// A stored API key as an administrator sees it.
public struct KeyListing: Hashable, Sendable {
  /// Whether a key lets a program in.
  public enum State: String, Hashable, Sendable {
    /// It does.
    case active
    /// Its end has passed.
    case expired
    /// It was switched off.
    case revoked
  }

  /// The store's identifier of the key.
  public let id: String
  /// The name it was given.
  public let name: String
  /// Its first characters.
  public let prefix: String
  /// Whether it may be used.
  public let isActive: Bool
  /// When it stops working, if ever.
  public let expiresAt: Timestamp?
  /// The sections of usage it may see: comma-separated words as stored.
  public let usageSections: String
  /// The accounts it may see.
  public let scope: AccountScope
  /// When it was made; nil when that is unreadable.
  public let createdAt: Timestamp?

  /// Whether it lets a program in at an instant.
  public func state(at instant: Timestamp) -> State {
    guard isActive else { return .revoked }
    return expiresAt.map { $0 <= instant } == true ? .expired : .active
  }
}
