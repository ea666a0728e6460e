internal import Logging

/// Reads the configuration again when it is told to, and puts in force what can be.
struct Reloading: Sendable {
  let settings: LiveConfiguration
  let logSettings: LogSettings
  let notifier: ServiceNotifier
  let daemon: Daemon
  let environment: [String: String]
  /// Reads everything anew: the same flags and variables, the file as it is now.
  let read: @Sendable () throws(ConfigurationError) -> DaemonConfiguration
  let logger: Logger

  /// Reads again. A configuration that cannot be used changes nothing.
  func run() {
    // Told to be ready now, systemd would take a daemon for ready that is not, or is no longer.
    guard daemon.isServing else {
      return logger.notice("the configuration is not read again while the daemon starts or stops")
    }
    notifier.reloading()
    let status: String
    do throws(ConfigurationError) {
      status = putInForce(try read())
    } catch {
      logger.error("the configuration was not read again; the old one goes on: \(error)")
      status = "The configuration cannot be used; serving with the old one"
    }
    notifier.ready(status)
  }

  private func putInForce(_ configuration: DaemonConfiguration) -> String {
    let changes = settings.current.listing.changes(in: configuration.listing)
    logSettings.current = LogSettings.Values(configuration, environment: environment)
    settings.replace(with: configuration.keepingFixed(of: settings.current))
    daemon.takeUp(settings.current)
    for change in changes {
      let metadata: Logger.Metadata = ["setting": "\(change.name)", "value": "\(change.shownText)"]
      if change.isReloadable {
        logger.notice("setting changed", metadata: metadata)
      } else {
        logger.warning("this setting takes effect when the daemon is started again", metadata: metadata)
      }
    }
    let waiting = changes.count { !$0.isReloadable }
    logger.info("configuration read again", metadata: ["changed": "\(changes.count - waiting)"])
    guard waiting > 0 else { return "Serving with the configuration as it is now" }
    return "Serving; \(waiting) changed settings take effect when the daemon is started again"
  }
}
