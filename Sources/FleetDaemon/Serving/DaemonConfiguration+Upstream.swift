internal import Fleet
internal import FleetSocket
internal import FleetUpstream

extension DaemonConfiguration {
  /// The usage API these settings name.
  ///
  /// - Throws: a text that says what is wrong with the address.
  func usageEndpoint(clock: any FleetClock) throws -> UsageEndpoint {
    try UsageEndpoint(baseURL: upstreamURL, userAgent: "codex-fleetd/\(ProductVersion.current)", clock: clock)
  }
}
