/// The party behind one call, told by its API key.
public struct Caller: Hashable, Sendable {
  /// Why a key lets nobody in.
  public enum Refusal: Error, Hashable, Sendable {
    /// No such key, or one that was switched off: callers cannot tell which.
    case invalidKey
    /// The key's time is over.
    case expiredKey
  }

  /// The accounts the caller may see.
  public let scope: AccountScope
  /// When the key stops working, if ever.
  public let expiresAt: Timestamp?
  /// Whether the caller may see usage, unless the operator hides it from everyone.
  public let seesUsage: Bool

  /// Admits the holder of a key.
  ///
  /// - Throws: `Refusal` when there is no such key, or it is switched off or past its end at `now`.
  public init(key: APIKey?, now: Timestamp) throws(Refusal) {
    guard let key, key.isActive else { throw .invalidKey }
    scope = key.scope
    expiresAt = key.expiresAt
    seesUsage = key.seesUsage
    if isOver(at: now) { throw .expiredKey }
  }

  /// Whether the key has stopped working by now.
  func isOver(at now: Timestamp) -> Bool { expiresAt.map { $0 <= now } ?? false }
}
