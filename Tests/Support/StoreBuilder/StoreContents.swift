/// What is to stand in a store, declared one after the other.
///
/// ```swift
/// let store = try CodexLBStore.build {
///   StoredAccount("a", plan: "plus").usage("primary", 40).usage("secondary", 10, minutes: 10_080)
///   StoredKey("full")
///   StoredKey("scoped", accounts: ["a"])
///   StoredSettings(hidesUpstreamQuota: true)
/// }
/// ```
public struct StoreContents: Sendable {
  /// The accounts.
  public var accounts: [StoredAccount] = []
  /// The API keys.
  public var keys: [StoredKey] = []
  /// The settings.
  public var settings = StoredSettings()

  /// Declares nothing.
  public init() {}
}

/// Collects declarations into contents.
@resultBuilder
public enum StoreContentsBuilder {
  /// An account.
  public static func buildExpression(_ account: StoredAccount) -> StoreContents {
    var contents = StoreContents()
    contents.accounts = [account]
    return contents
  }

  /// Accounts, made by a loop or a map.
  public static func buildExpression(_ accounts: [StoredAccount]) -> StoreContents {
    var contents = StoreContents()
    contents.accounts = accounts
    return contents
  }

  /// A key.
  public static func buildExpression(_ key: StoredKey) -> StoreContents {
    var contents = StoreContents()
    contents.keys = [key]
    return contents
  }

  /// Settings; what one of several turns on is on.
  public static func buildExpression(_ settings: StoredSettings) -> StoreContents {
    var contents = StoreContents()
    contents.settings = settings
    return contents
  }

  /// One after the other.
  public static func buildBlock(_ parts: StoreContents...) -> StoreContents { buildArray(parts) }

  /// A condition that may not hold.
  public static func buildOptional(_ part: StoreContents?) -> StoreContents { part ?? StoreContents() }

  /// One side of a condition.
  public static func buildEither(first part: StoreContents) -> StoreContents { part }

  /// The other side of a condition.
  public static func buildEither(second part: StoreContents) -> StoreContents { part }

  /// A loop.
  public static func buildArray(_ parts: [StoreContents]) -> StoreContents {
    parts.reduce(into: StoreContents()) { all, part in
      all.accounts += part.accounts
      all.keys += part.keys
      if part.settings.hidesUpstreamQuota { all.settings.hidesUpstreamQuota = true }
      if part.settings.routesThroughProxy { all.settings.routesThroughProxy = true }
      if let proxies = part.settings.defaultProxies { all.settings.defaultProxies = proxies }
    }
  }
}
