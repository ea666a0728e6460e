/// A setting kept in the store; the raw value is the name by which it is asked for and stored.
public enum StoreSetting: String, Hashable, Sendable, CaseIterable {
  /// No API key sees upstream quota, whatever its sections.
  case hideUpstreamQuotaFromAPIKeys = "hide_upstream_quota_from_api_keys"
}
