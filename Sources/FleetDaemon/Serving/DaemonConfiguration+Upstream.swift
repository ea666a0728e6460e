internal import Fleet
internal import FleetSocket
internal import FleetUpstream

extension DaemonConfiguration {
  /// The provider these settings name.
  ///
  /// - Throws: a text that says what is wrong with an address.
  func upstream(clock: any FleetClock) throws -> CodexUpstream {
    try CodexUpstream(
      usageURL: upstreamURL, authURL: authURL, userAgent: "codex-fleetd/\(ProductVersion.current)", clock: clock)
  }
}
