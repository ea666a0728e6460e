internal import FleetServer
internal import FleetSocket
internal import Logging

/// The daemon's settings, all of them checked.
struct DaemonConfiguration {
  /// The usage API that accounts belong to.
  static let defaultUpstreamURL = "https://chatgpt.com/backend-api"
  /// The login service that renews their tokens.
  static let defaultAuthURL = "https://auth.openai.com"

  let storePath: String?
  let keyFile: String?
  let socketPath: String
  let upstreamURL: String
  let authURL: String
  let usageRefresh: Switch
  let refreshInterval: Duration
  /// Nil leaves it to the kind of store.
  let backgroundRefresh: Switch?
  let idleBackground: Switch
  let maxConcurrentFetches: Int
  let drainTimeout: Duration
  let allowUntestedSchema: Switch
  let serverLimits: ServerLimits
  let peers: PeerPolicy
  let logLevel: Logger.Level
  let logFormat: LogFormat

  /// Reads the settings from flags and the environment.
  ///
  /// - Throws: `ConfigurationError` naming the first value that is not allowed.
  init(flags: [ConfigurationKey: String], environment: [String: String]) throws {
    let reader = ConfigurationReader(flags: flags, environment: environment)
    storePath = try reader.path(.store)
    keyFile = try reader.path(.keyFile)
    socketPath = try reader.path(.socket) ?? SocketPath.defaultPath(environment: environment)
    upstreamURL = reader.value(of: .upstreamURL)?.text ?? Self.defaultUpstreamURL
    authURL = reader.value(of: .authURL)?.text ?? Self.defaultAuthURL
    usageRefresh = try reader.choice(.usageRefresh, default: .on)
    backgroundRefresh = try reader.choice(.backgroundRefresh)
    idleBackground = try reader.choice(.idleBackground, default: .on)
    allowUntestedSchema = try reader.choice(.allowUntestedSchema, default: .off)
    refreshInterval = .seconds(try reader.integer(.refreshInterval, in: 1...86_400, default: 60))
    maxConcurrentFetches = try reader.integer(.maxConcurrentFetches, in: 1...256, default: 16)
    drainTimeout = .seconds(try reader.integer(.drainTimeout, in: 0...3_600, default: 30))
    let idleTimeout = try reader.integer(.idleTimeout, in: 0...86_400, default: 0)
    serverLimits = ServerLimits(
      connections: try reader.integer(.maxConnections, in: 1...100_000, default: 1_024),
      connectionsPerUser: try reader.integer(.maxConnectionsPerUser, in: 1...100_000, default: 256),
      lineLength: try reader.integer(.maxLineLength, in: 1_024...(1 << 26), default: 1 << 20),
      lineTimeout: .seconds(try reader.integer(.lineTimeout, in: 1...3_600, default: 30)),
      idleTimeout: idleTimeout == 0 ? nil : .seconds(idleTimeout))
    peers = PeerPolicy(users: try reader.numbers(.allowUIDs), groups: try reader.numbers(.allowGIDs))
    logLevel = try reader.choice(.logLevel, default: .info)
    logFormat = try reader.choice(.logFormat, default: .text)
  }
}
