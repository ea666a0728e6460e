internal import Fleet
internal import FleetServer
internal import Logging

extension Daemon {
  /// Whether clients can connect: not before the start is complete, and no longer once a stop has begun.
  var isServing: Bool { server.isServing }

  /// What one client, and all together, may take, as far as the system allows it.
  static func limits(_ configuration: DaemonConfiguration, _ logger: Logger) -> ServerLimits {
    OpenFileLimit.raised()?.bounding(configuration, logger) ?? configuration.serverLimits
  }

  /// Has the refreshes and the server go by other settings.
  func takeUp(_ configuration: DaemonConfiguration) {
    refreshes.apply(configuration.refreshSettings)
    server.apply(limits: Self.limits(configuration, logger), peers: configuration.peers)
  }
}
