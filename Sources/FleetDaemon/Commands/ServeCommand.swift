internal import ArgumentParser
internal import Glibc
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// `codex-fleetd serve`, and `codex-fleetd` alone.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serves until SIGTERM or SIGINT; a second signal ends it at once.",
    discussion: "SIGHUP has the configuration file read again.")

  @OptionGroup var options: DaemonOptions

  @Flag(help: "Print every setting and where its value comes from, as a configuration file, and exit.")
  var printConfig = false

  func run() async throws {
    let environment = ProcessEnvironment.variables
    let configuration = try options.configuration(environment)
    guard !printConfig else { return try StandardStream.write(configuration.listing.yaml) }
    let logSettings = LogSettings(LogSettings.Values(configuration, environment: environment))
    let log = LogStream(STDERR_FILENO, logSettings, clock: SystemClock())
    let logger = Logger(label: "codex-fleetd") { _ in StreamLogHandler(log, logSettings, clock: SystemClock()) }
    let outcome: Result<Void, any Error>
    do {
      outcome = .success(try await serve(configuration, environment, logSettings, log, logger))
    } catch {
      outcome = .failure(error)
    }
    await log.flush(within: LogStream.lastWait)
    try outcome.get()
  }

  private func serve(
    _ configuration: DaemonConfiguration, _ environment: [String: String], _ logSettings: LogSettings,
    _ log: LogStream, _ logger: Logger
  ) async throws {
    let settings = LiveConfiguration(configuration)
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
    let daemon = try await Daemon(settings, environment: environment, logger: logger)
    // The libraries' own lines about their working are for whoever debugs them.
    var quiet = logger
    quiet.logLevel = max(.warning, configuration.logLevel)
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          .init(
            service: daemon, successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .cancelGroup)
        ], logger: quiet))
    let (given, file) = (options.given, options.store.config)
    let reloading = Reloading(
      settings: settings, logSettings: logSettings, notifier: ServiceNotifier(environment), daemon: daemon,
      environment: environment,
      read: { () throws(ConfigurationError) in
        try DaemonConfiguration(flags: given, file: file, environment: environment)
      }, logger: logger)
    try await DaemonSignals(group: group, signals: signals, reloading: reloading, log: log, logger: logger).run()
  }
}
