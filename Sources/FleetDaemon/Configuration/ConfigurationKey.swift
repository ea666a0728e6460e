/// The daemon's settings: each is a flag `--name` and an environment variable `CODEX_FLEETD_NAME`.
enum ConfigurationKey: String, CaseIterable {
  case store
  case keyFile = "key-file"
  case socket
  case upstreamURL = "upstream-url"
  case authURL = "auth-url"
  case usageRefresh = "usage-refresh"
  case refreshInterval = "refresh-interval"
  case backgroundRefresh = "background-refresh"
  case idleBackground = "idle-background"
  case maxConcurrentFetches = "max-concurrent-fetches"
  case drainTimeout = "drain-timeout"
  case allowUntestedSchema = "allow-untested-schema"
  case maxConnections = "max-connections"
  case maxConnectionsPerUser = "max-connections-per-user"
  case maxLineLength = "max-line-length"
  case lineTimeout = "line-timeout"
  case idleTimeout = "idle-timeout"
  case allowUIDs = "allow-uids"
  case allowGIDs = "allow-gids"
  case logLevel = "log-level"
  case logFormat = "log-format"

  /// The flag.
  var flag: String { "--\(rawValue)" }

  /// The environment variable.
  var variable: String { "CODEX_FLEETD_" + rawValue.uppercased().replacing("-", with: "_") }

  /// What the setting does, with its default, for the help text.
  var help: String {
    switch self {
    case .store:
      "The store: a codex-lb data directory or store file, or an own store's file. (default: the own store in "
        + "$STATE_DIRECTORY, else ${XDG_STATE_HOME:-~/.local/state}/codex-fleet)"
    case .keyFile: "The encryption key's file. (default: encryption.key beside the store)"
    case .socket:
      "The socket's path. (default: fleet.sock in $RUNTIME_DIRECTORY, else $XDG_RUNTIME_DIR/codex-fleet, "
        + "else /run/codex-fleet)"
    case .upstreamURL: "The usage API's base address. (default: \(DaemonConfiguration.defaultUpstreamURL))"
    case .authURL: "The login service's base address. (default: \(DaemonConfiguration.defaultAuthURL))"
    case .usageRefresh: "Whether the upstream is asked at all: on or off. (default: on)"
    case .refreshInterval: "How long a sample counts as fresh, in seconds, 1 to 86400. (default: 60)"
    case .backgroundRefresh:
      "Whether every account is refreshed once per interval without being asked: on or off. (default: on for an own "
        + "store, off for a codex-lb's)"
    case .idleBackground: "Whether that goes on when nobody has called for an hour: on or off. (default: on)"
    case .maxConcurrentFetches: "Upstream fetches at once, 1 to 256. (default: 16)"
    case .drainTimeout: "How long a stop waits for running refreshes, in seconds, 0 to 3600. (default: 30)"
    case .allowUntestedSchema:
      "Whether usage may be written to a codex-lb store whose schema was not tested: on or off. (default: off)"
    case .maxConnections: "Connections at once, 1 to 100000. (default: 1024)"
    case .maxConnectionsPerUser: "Connections at once of one user, 1 to 100000. (default: 256)"
    case .maxLineLength: "Bytes in one line from a client, 1024 to 67108864. (default: 1048576)"
    case .lineTimeout: "How long a client may take to complete a line, in seconds, 1 to 3600. (default: 30)"
    case .idleTimeout:
      "After how many seconds without any use a connection is closed, 0 to 86400; 0 means never. (default: 0)"
    case .allowUIDs:
      "The numbers of the users who may connect, separated by commas. (default: all whom the socket's mode lets)"
    case .allowGIDs:
      "The numbers of the groups that may connect as well, as a process's main group, separated by commas."
    case .logLevel:
      "The least severe level that is logged: trace, debug, info, notice, warning, error or critical. (default: info)"
    case .logFormat: "The log's format: text or json. (default: text)"
    }
  }
}
