internal import FleetServer
internal import Logging

extension Daemon {
  /// Waits until the daemon, started on demand, has gone without a connection for as long as the settings say; then
  /// lets no more connections in, and waits, up to the drain limit, for those that came in at the last moment.
  ///
  /// Whoever connects afterwards waits in systemd's socket for the next daemon.
  ///
  /// - Returns: whether it is time to end; false when the calling task was cancelled.
  func idles() async -> Bool {
    guard isActivated else { return false }
    let changes = settings.changes()
    var next = changes.makeAsyncIterator()
    while !Task.isCancelled {
      guard let span = settings.current.idleExit else {
        _ = await next.next()
        continue
      }
      let quiet = server.idleSince.map { ContinuousClock.now - $0 } ?? .zero
      guard quiet < span else { break }
      // The settings are looked at again at least this often.
      guard (try? await clock.sleep(for: min(span - quiet, Self.longestPause))) != nil else { return false }
    }
    guard !Task.isCancelled else { return false }
    logger.info("nobody has been connected for a while; systemd starts the daemon again when somebody connects")
    beginStopping()
    await server.listenersClosed()
    let end = ContinuousClock.now + settings.current.drainTimeout
    while server.idleSince == nil, ContinuousClock.now < end {
      guard (try? await clock.sleep(for: Self.shortestPause)) != nil else { return false }
    }
    return true
  }

  private static let longestPause = Duration.seconds(60)
  private static let shortestPause = Duration.milliseconds(100)
}
