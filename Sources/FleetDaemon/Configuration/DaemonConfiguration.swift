internal import Fleet
internal import FleetServer
internal import FleetSocket
internal import Logging

/// The daemon's settings, all of them checked.
struct DaemonConfiguration: Sendable {
  /// The variable that may name the configuration file; also the flag `--config`.
  static let fileVariable = "CODEX_FLEETD_CONFIG"

  let storePath: String?
  let keyFile: String?
  /// The path to listen at, unless systemd hands over sockets.
  let socketPath: String
  let upstreamURL: String
  let authURL: String
  let usageRefresh: Switch
  let refreshInterval: Duration
  /// Nil leaves it to the kind of store.
  let backgroundRefresh: Switch?
  let idleBackground: Switch
  let maxConcurrentFetches: Int
  /// How many days usage is kept in an own store.
  let historyDays: Int
  let drainTimeout: Duration
  /// Nil for never.
  let idleExit: Duration?
  let allowUntestedSchema: Switch
  let serverLimits: ServerLimits
  let peers: PeerPolicy
  let logLevel: Logger.Level
  let logFormat: LogFormat
  /// Every setting with its text and where that was given.
  private(set) var listing: ConfigurationListing

  /// Reads the settings from flags, the environment and the configuration file.
  ///
  /// - Parameter file: the configuration file that was named with a flag.
  /// - Throws: `ConfigurationError` naming the first value that is not allowed.
  init(flags: [String: String], file: String?, environment: [String: String]) throws(ConfigurationError) {
    let reader = try Self.reader(flags: flags, file: file, environment: environment)
    typealias Catalogue = SettingCatalogue
    storePath = try reader.path(Catalogue.store)
    keyFile = try reader.path(Catalogue.keyFile) ?? Credentials(environment).encryptionKeyPath
    socketPath = try reader.path(Catalogue.socket) ?? SocketPath.defaultPath(environment: environment)
    upstreamURL = try reader.value(of: Catalogue.upstreamURL)
    authURL = try reader.value(of: Catalogue.authURL)
    usageRefresh = try reader.value(of: Catalogue.usageRefresh)
    backgroundRefresh = try reader.value(of: Catalogue.backgroundRefresh)
    idleBackground = try reader.value(of: Catalogue.idleBackground)
    allowUntestedSchema = try reader.value(of: Catalogue.allowUntestedSchema)
    refreshInterval = try reader.value(of: Catalogue.refreshInterval)
    maxConcurrentFetches = try reader.value(of: Catalogue.maxConcurrentFetches)
    historyDays = try reader.value(of: Catalogue.historyDays)
    drainTimeout = try reader.value(of: Catalogue.drainTimeout)
    idleExit = try reader.value(of: Catalogue.idleExit)
    serverLimits = ServerLimits(
      connections: try reader.value(of: Catalogue.maxConnections),
      connectionsPerUser: try reader.value(of: Catalogue.maxConnectionsPerUser),
      lineLength: try reader.value(of: Catalogue.maxLineLength),
      lineTimeout: try reader.value(of: Catalogue.lineTimeout),
      idleTimeout: try reader.value(of: Catalogue.idleTimeout))
    peers = PeerPolicy(
      users: try reader.value(of: Catalogue.allowUIDs), groups: try reader.value(of: Catalogue.allowGIDs))
    logLevel = try reader.value(of: Catalogue.logLevel)
    logFormat = try reader.value(of: Catalogue.logFormat)
    let selection = StoreSelection(path: storePath, keyFile: keyFile, environment: environment)
    var standardPaths = [Catalogue.socket.name: socketPath]
    // Where there is no home, neither of these has a place.
    standardPaths[Catalogue.store.name] = try? selection.path()
    standardPaths[Catalogue.keyFile.name] = try? selection.keyPath()
    listing = ConfigurationListing(reader, standardPaths: standardPaths)
  }

  /// A reader of everything that is given.
  static func reader(
    flags: [String: String], file: String?, environment: [String: String]
  ) throws(ConfigurationError) -> ConfigurationReader {
    let variable = environment[fileVariable].flatMap { $0.isEmpty ? nil : $0 }
    return try ConfigurationReader(
      flags: flags, environment: environment,
      file: .find(named: file ?? variable, by: file == nil ? fileVariable : "--config", environment: environment))
  }

  /// Why nothing can listen at the socket's path; where that is the system's place, how to have another one.
  func words(for error: ListeningError) -> String {
    guard socketPath == SocketPath.defaultPath(environment: [:]), [.system, .directory].contains(error.code) else {
      return "\(error)"
    }
    return "\(error); give a path of your own with \(SettingCatalogue.socket.flag), or set XDG_RUNTIME_DIR"
  }

  /// How refreshes are done.
  var refreshSettings: RefreshSettings {
    RefreshSettings(
      isEnabled: usageRefresh == .on, interval: refreshInterval, concurrentFetches: maxConcurrentFetches)
  }

  /// These settings, told as they are in force: those that a reload cannot change were read once, at the start.
  func keepingFixed(of current: DaemonConfiguration) -> DaemonConfiguration {
    var kept = self
    kept.listing = listing.keepingFixed(of: current.listing)
    return kept
  }
}
