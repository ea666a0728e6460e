internal import Fleet
internal import FleetServer

extension Daemon {
  /// Whether clients can connect: not before the start is complete, and no longer once a stop has begun.
  var isServing: Bool { server.isServing }

  /// Has the refreshes and the server go by other settings.
  func takeUp(_ configuration: DaemonConfiguration) {
    refreshes.apply(configuration.refreshSettings)
    server.apply(limits: configuration.serverLimits, peers: configuration.peers)
  }
}
