/// A stored API key: what it may see and how long. The key's own text is stored nowhere.
public struct APIKey: Hashable, Sendable {
  /// The store's identifier of the key.
  public var id: String
  /// Whether it may be used at all.
  public var isActive: Bool
  /// When it stops working, if ever.
  public var expiresAt: Timestamp?
  /// The sections of usage it may see: comma-separated words as stored.
  public var usageSections: String
  /// The accounts it may see.
  public var scope: AccountScope

  /// Makes a key of its stored columns.
  public init(id: String, isActive: Bool, expiresAt: Timestamp?, usageSections: String, scope: AccountScope) {
    self.id = id
    self.isActive = isActive
    self.expiresAt = expiresAt
    self.usageSections = usageSections
    self.scope = scope
  }

  /// Whether its sections allow the usage of the account pool and the upstream limits, which both are needed.
  public var seesUsage: Bool {
    let sections = Set(usageSections.split(separator: ",").map { String($0).trimmingWhitespace() })
    return sections.isSuperset(of: ["account_pool_usage", "upstream_limits"])
  }
}
