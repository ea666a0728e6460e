/// The one row of settings as it is to stand in a store.
public struct StoredSettings: Sendable {
  /// Whether no key sees upstream quota.
  public var hidesUpstreamQuota: Bool
  /// Whether accounts without a proxy of their own go through the default one.
  public var routesThroughProxy: Bool

  /// The members of the default proxy pool, in order; nil names none.
  public var defaultProxies: [StoredProxy]?

  /// Declares settings.
  public init(
    hidesUpstreamQuota: Bool = false, routesThroughProxy: Bool = false, defaultProxies: [StoredProxy]? = nil
  ) {
    self.hidesUpstreamQuota = hidesUpstreamQuota
    self.routesThroughProxy = routesThroughProxy
    self.defaultProxies = defaultProxies
  }
}
