internal import ArgumentParser

/// The flags by which settings are given; what is not given here is looked for in the environment and the
/// configuration file.
struct DaemonOptions: ParsableArguments {
  @OptionGroup var store: StoreOptions

  @Option(name: .setting(SettingCatalogue.socket), help: .setting(SettingCatalogue.socket))
  var socket: String?

  @Option(name: .setting(SettingCatalogue.upstreamURL), help: .setting(SettingCatalogue.upstreamURL))
  var upstreamURL: String?

  @Option(name: .setting(SettingCatalogue.authURL), help: .setting(SettingCatalogue.authURL))
  var authURL: String?

  @Option(name: .setting(SettingCatalogue.usageRefresh), help: .setting(SettingCatalogue.usageRefresh))
  var usageRefresh: String?

  @Option(name: .setting(SettingCatalogue.refreshInterval), help: .setting(SettingCatalogue.refreshInterval))
  var refreshInterval: String?

  @Option(name: .setting(SettingCatalogue.backgroundRefresh), help: .setting(SettingCatalogue.backgroundRefresh))
  var backgroundRefresh: String?

  @Option(name: .setting(SettingCatalogue.idleBackground), help: .setting(SettingCatalogue.idleBackground))
  var idleBackground: String?

  @Option(name: .setting(SettingCatalogue.maxConcurrentFetches), help: .setting(SettingCatalogue.maxConcurrentFetches))
  var maxConcurrentFetches: String?

  @Option(name: .setting(SettingCatalogue.historyDays), help: .setting(SettingCatalogue.historyDays))
  var historyDays: String?

  @Option(name: .setting(SettingCatalogue.drainTimeout), help: .setting(SettingCatalogue.drainTimeout))
  var drainTimeout: String?

  @Option(name: .setting(SettingCatalogue.idleExit), help: .setting(SettingCatalogue.idleExit))
  var idleExit: String?

  @Option(name: .setting(SettingCatalogue.allowUntestedSchema), help: .setting(SettingCatalogue.allowUntestedSchema))
  var allowUntestedSchema: String?

  @Option(name: .setting(SettingCatalogue.maxConnections), help: .setting(SettingCatalogue.maxConnections))
  var maxConnections: String?

  @Option(
    name: .setting(SettingCatalogue.maxConnectionsPerUser), help: .setting(SettingCatalogue.maxConnectionsPerUser))
  var maxConnectionsPerUser: String?

  @Option(name: .setting(SettingCatalogue.maxLineLength), help: .setting(SettingCatalogue.maxLineLength))
  var maxLineLength: String?

  @Option(name: .setting(SettingCatalogue.lineTimeout), help: .setting(SettingCatalogue.lineTimeout))
  var lineTimeout: String?

  @Option(name: .setting(SettingCatalogue.idleTimeout), help: .setting(SettingCatalogue.idleTimeout))
  var idleTimeout: String?

  @Option(name: .setting(SettingCatalogue.allowUIDs), help: .setting(SettingCatalogue.allowUIDs))
  var allowUIDs: String?

  @Option(name: .setting(SettingCatalogue.allowGIDs), help: .setting(SettingCatalogue.allowGIDs))
  var allowGIDs: String?

  @Option(name: .setting(SettingCatalogue.logLevel), help: .setting(SettingCatalogue.logLevel))
  var logLevel: String?

  @Option(name: .setting(SettingCatalogue.logFormat), help: .setting(SettingCatalogue.logFormat))
  var logFormat: String?

  /// The values that were given, by the setting's name.
  var given: [String: String] {
    let values: [(any SettingDescription, String?)] = [
      (SettingCatalogue.socket, socket), (SettingCatalogue.upstreamURL, upstreamURL),
      (SettingCatalogue.authURL, authURL), (SettingCatalogue.usageRefresh, usageRefresh),
      (SettingCatalogue.refreshInterval, refreshInterval), (SettingCatalogue.backgroundRefresh, backgroundRefresh),
      (SettingCatalogue.idleBackground, idleBackground),
      (SettingCatalogue.maxConcurrentFetches, maxConcurrentFetches), (SettingCatalogue.historyDays, historyDays),
      (SettingCatalogue.drainTimeout, drainTimeout),
      (SettingCatalogue.idleExit, idleExit), (SettingCatalogue.allowUntestedSchema, allowUntestedSchema),
      (SettingCatalogue.maxConnections, maxConnections),
      (SettingCatalogue.maxConnectionsPerUser, maxConnectionsPerUser),
      (SettingCatalogue.maxLineLength, maxLineLength), (SettingCatalogue.lineTimeout, lineTimeout),
      (SettingCatalogue.idleTimeout, idleTimeout), (SettingCatalogue.allowUIDs, allowUIDs),
      (SettingCatalogue.allowGIDs, allowGIDs), (SettingCatalogue.logLevel, logLevel),
      (SettingCatalogue.logFormat, logFormat),
    ]
    return values.reduce(into: store.given) { given, value in given[value.0.name] = value.1 }
  }

  /// All settings, from wherever they were given.
  ///
  /// - Throws: `ConfigurationError` naming the first one that is not allowed.
  func configuration(_ environment: [String: String]) throws(ConfigurationError) -> DaemonConfiguration {
    try DaemonConfiguration(flags: given, file: store.config, environment: environment)
  }
}
