internal import FleetServer

extension Daemon {
  /// Has the server go by the settings after every change, until the calling task is cancelled.
  func takeUpChanges() async {
    for await _ in settings.changes() {
      let configuration = settings.current
      server.apply(limits: configuration.serverLimits, peers: configuration.peers)
    }
  }
}
