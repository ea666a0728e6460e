internal import Glibc
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// Runs services until SIGTERM or SIGINT, which begin a graceful stop; the second of them ends the process at once.
/// SIGHUP has the configuration read again.
struct DaemonSignals: Sendable {
  let group: ServiceGroup
  /// Trapped already: before the daemon is made, so that none of them ends the process half-way.
  let signals: UnixSignalsSequence
  let reloading: Reloading
  let log: LogStream
  let logger: Logger

  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      tasks.addTask {
        var isStopping = false
        for await signal in signals {
          guard signal != .sighup else {
            reloading.run()
            continue
          }
          guard !isStopping else {
            logger.warning("stopping at once", metadata: ["signal": "\(signal)"])
            await log.flush(within: .seconds(1))
            // What is committed is committed, what is not never was: the store needs no more than that.
            _exit(128 + signal.rawValue)
          }
          isStopping = true
          logger.info("stopping", metadata: ["signal": "\(signal)"])
          await group.triggerGracefulShutdown()
        }
      }
      try await tasks.next()
      tasks.cancelAll()
    }
  }
}
