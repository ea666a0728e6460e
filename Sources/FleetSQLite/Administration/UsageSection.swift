/// A section of usage that an API key may be allowed to see; the raw value is the stored word.
public enum UsageSection: String, Hashable, Sendable, CaseIterable {
  /// The limits as the upstream reports them.
  case upstreamLimits = "upstream_limits"
  /// The usage of the accounts in the pool.
  case accountPoolUsage = "account_pool_usage"
}
