internal import ArgumentParser

/// The flags by which settings are given; what is not given here is looked for in the environment.
struct DaemonOptions: ParsableArguments {
  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp(ConfigurationKey.socket.help, valueName: "path"))
  var socket: String?

  @Option(
    name: .customLong(ConfigurationKey.upstreamURL.rawValue),
    help: ArgumentHelp(ConfigurationKey.upstreamURL.help, valueName: "url"))
  var upstreamURL: String?

  @Option(
    name: .customLong(ConfigurationKey.authURL.rawValue),
    help: ArgumentHelp(ConfigurationKey.authURL.help, valueName: "url"))
  var authURL: String?

  @Option(help: ArgumentHelp(ConfigurationKey.usageRefresh.help, valueName: "on|off"))
  var usageRefresh: String?

  @Option(help: ArgumentHelp(ConfigurationKey.refreshInterval.help, valueName: "seconds"))
  var refreshInterval: String?

  @Option(help: ArgumentHelp(ConfigurationKey.backgroundRefresh.help, valueName: "on|off"))
  var backgroundRefresh: String?

  @Option(help: ArgumentHelp(ConfigurationKey.idleBackground.help, valueName: "on|off"))
  var idleBackground: String?

  @Option(help: ArgumentHelp(ConfigurationKey.maxConcurrentFetches.help, valueName: "count"))
  var maxConcurrentFetches: String?

  @Option(help: ArgumentHelp(ConfigurationKey.drainTimeout.help, valueName: "seconds"))
  var drainTimeout: String?

  @Option(help: ArgumentHelp(ConfigurationKey.allowUntestedSchema.help, valueName: "on|off"))
  var allowUntestedSchema: String?

  @Option(help: ArgumentHelp(ConfigurationKey.maxConnections.help, valueName: "count"))
  var maxConnections: String?

  @Option(help: ArgumentHelp(ConfigurationKey.maxConnectionsPerUser.help, valueName: "count"))
  var maxConnectionsPerUser: String?

  @Option(help: ArgumentHelp(ConfigurationKey.maxLineLength.help, valueName: "bytes"))
  var maxLineLength: String?

  @Option(help: ArgumentHelp(ConfigurationKey.lineTimeout.help, valueName: "seconds"))
  var lineTimeout: String?

  @Option(help: ArgumentHelp(ConfigurationKey.idleTimeout.help, valueName: "seconds"))
  var idleTimeout: String?

  @Option(
    name: .customLong(ConfigurationKey.allowUIDs.rawValue),
    help: ArgumentHelp(ConfigurationKey.allowUIDs.help, valueName: "numbers"))
  var allowUIDs: String?

  @Option(
    name: .customLong(ConfigurationKey.allowGIDs.rawValue),
    help: ArgumentHelp(ConfigurationKey.allowGIDs.help, valueName: "numbers"))
  var allowGIDs: String?

  @Option(help: ArgumentHelp(ConfigurationKey.logLevel.help, valueName: "level"))
  var logLevel: String?

  @Option(help: ArgumentHelp(ConfigurationKey.logFormat.help, valueName: "format"))
  var logFormat: String?

  /// The values that were given, by setting.
  var given: [ConfigurationKey: String] {
    var values = store.given
    values[.socket] = socket
    values[.upstreamURL] = upstreamURL
    values[.authURL] = authURL
    values[.usageRefresh] = usageRefresh
    values[.refreshInterval] = refreshInterval
    values[.backgroundRefresh] = backgroundRefresh
    values[.idleBackground] = idleBackground
    values[.maxConcurrentFetches] = maxConcurrentFetches
    values[.drainTimeout] = drainTimeout
    values[.allowUntestedSchema] = allowUntestedSchema
    values[.maxConnections] = maxConnections
    values[.maxConnectionsPerUser] = maxConnectionsPerUser
    values[.maxLineLength] = maxLineLength
    values[.lineTimeout] = lineTimeout
    values[.idleTimeout] = idleTimeout
    values[.allowUIDs] = allowUIDs
    values[.allowGIDs] = allowGIDs
    values[.logLevel] = logLevel
    values[.logFormat] = logFormat
    return values
  }
}

/// The flags that say which store is meant; administration needs no others.
struct StoreOptions: ParsableArguments {
  @Option(help: ArgumentHelp(ConfigurationKey.store.help, valueName: "path"))
  var store: String?

  @Option(help: ArgumentHelp(ConfigurationKey.keyFile.help, valueName: "path"))
  var keyFile: String?

  /// The values that were given, by setting.
  var given: [ConfigurationKey: String] {
    var values: [ConfigurationKey: String] = [:]
    values[.store] = store
    values[.keyFile] = keyFile
    return values
  }
}
