internal import Fleet
internal import Glibc
internal import Logging

/// Feeds systemd's watchdog as long as the daemon answers on its own socket.
struct Watchdog: Sendable {
  /// Within which time the watchdog has to be fed.
  let limit: Duration
  private let notifier: ServiceNotifier
  private let clock: any FleetClock
  private let logger: Logger

  /// Looks in the environment for a watchdog that is meant for this process; nil when there is none.
  init?(
    _ environment: [String: String], process: Int32 = getpid(), notifier: ServiceNotifier, clock: any FleetClock,
    logger: Logger
  ) {
    guard let microseconds = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }), microseconds > 0 else { return nil }
    if let meant = environment["WATCHDOG_PID"], meant != "\(process)" { return nil }
    limit = .microseconds(microseconds)
    self.notifier = notifier
    self.clock = clock
    self.logger = logger
  }

  /// Asks and feeds until the calling task is cancelled, or the daemon serves no longer: whoever connects then waits for
  /// the next daemon, and a question of ours would have systemd start it.
  ///
  /// - Parameters:
  ///   - socketPath: where the daemon listens.
  ///   - isPassed: whether systemd has made the socket. Where its file is gone, another daemon would have none either.
  func run(socketPath: String, isPassed: Bool, while isServing: @escaping @Sendable () -> Bool) async {
    var isLost = false
    while !Task.isCancelled, isServing() {
      if isPassed, access(socketPath, F_OK) != 0, errno == ENOENT {
        if !isLost {
          logger.error(
            "the socket's file is gone, nobody can connect; restart the socket unit: systemctl restart codex-fleet.socket",
            metadata: ["socket": "\(socketPath)"])
        }
        isLost = true
        notifier.alive()
      } else if let fault = await fault(at: socketPath), isServing() {
        logger.error(
          "the daemon does not answer on its own socket; the watchdog is not fed",
          metadata: ["socket": "\(socketPath)", "reason": "\(fault)"])
      } else {
        notifier.alive()
      }
      guard (try? await clock.sleep(for: limit / 3)) != nil else { return }
    }
  }

  /// Why a call on a connection of its own is not answered within a third of the limit; nil when it is.
  private func fault(at socketPath: String) async -> String? {
    let probe = DaemonProbe(socketPath: socketPath, limit: limit / 3, clock: clock)
    guard case .failure(let fault) = await probe.health(), !Task.isCancelled else { return nil }
    return "\(fault)"
  }
}
