/// The one row of settings as it is to stand in a store.
public struct StoredSettings: Sendable {
  /// Whether no key sees upstream quota.
  public var hidesUpstreamQuota: Bool
  /// Whether accounts without a proxy of their own go through the default one.
  public var routesThroughProxy: Bool

  /// Declares settings.
  public init(hidesUpstreamQuota: Bool = false, routesThroughProxy: Bool = false) {
    self.hidesUpstreamQuota = hidesUpstreamQuota
    self.routesThroughProxy = routesThroughProxy
  }
}
