internal import ArgumentParser
internal import Logging
internal import ServiceLifecycle

/// `codex-fleetd serve`, and `codex-fleetd` alone.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serves until SIGTERM or SIGINT; a second signal ends it at once. (default)")

  @OptionGroup var options: DaemonOptions

  func run() async throws {
    let environment = ProcessEnvironment.variables
    let configuration = try DaemonConfiguration(flags: options.given, environment: environment)
    let logger = Logger(label: "codex-fleetd") { _ in
      StandardErrorLogHandler(level: configuration.logLevel, format: configuration.logFormat, clock: SystemClock())
    }
    let daemon = try await Daemon(configuration, environment: environment, logger: logger)
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
    try await StopSignals(group: group, logger: logger).run()
  }
}
