internal import FleetServer
internal import FleetUpstream
internal import Glibc
internal import Logging

/// How many files, connections among them, the system lets this process have open at a time.
struct OpenFileLimit {
  /// What the process has open beside connections and fetches: store, log, event loops, and some to spare.
  private static let others = 128

  let count: Int

  /// The limit, after it was raised as far as the process may do that by itself: what it gets unasked, often 1,024, is no
  /// more than the connections alone that it may serve.
  static func raised() -> OpenFileLimit? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
    let granted = limit.rlim_cur
    limit.rlim_cur = limit.rlim_max
    let isRaised = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
    return OpenFileLimit(count: Int(clamping: isRaised ? limit.rlim_max : granted))
  }

  /// The settings' limits with fewer connections, where the files for those would be the store's and the upstream's.
  func bounding(_ configuration: DaemonConfiguration, _ logger: Logger) -> ServerLimits {
    var limits = configuration.serverLimits
    let fetches = max(configuration.maxConcurrentFetches, CodexUpstream.keptConnections)
    let room = max(count - fetches - Self.others, count / 8, 1)
    guard room < limits.connections else { return limits }
    logger.warning(
      """
      the system allows this process too few open files for max-connections, so it lets in fewer; raise LimitNOFILE in \
      its unit, or ulimit -n
      """,
      metadata: ["maxConnections": "\(limits.connections)", "allowedFiles": "\(count)", "connections": "\(room)"])
    limits.connections = room
    return limits
  }
}
