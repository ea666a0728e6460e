internal import Logging

/// Every setting there is. Flags, variables, the configuration file, help, manual page and README all follow from it.
enum SettingCatalogue {
  /// What all variables begin with.
  static let variablePrefix = "CODEX_FLEETD_"

  /// The variable of a setting.
  static func variable(of name: String) -> String { variablePrefix + name.uppercased().replacing("-", with: "_") }

  /// All settings, in the order in which they are shown.
  static let all: [any SettingDescription] = [
    store, keyFile, socket, upstreamURL, authURL, usageRefresh, refreshInterval, backgroundRefresh, idleBackground,
    maxConcurrentFetches, historyDays, drainTimeout, idleExit, allowUntestedSchema, maxConnections,
    maxConnectionsPerUser, maxLineLength, lineTimeout, idleTimeout, allowUIDs, allowGIDs, logLevel, logFormat,
  ]

  static let store = Setting(
    "store", .path, standard: nil,
    standardWords: "fleet.db in $STATE_DIRECTORY, else in ${XDG_STATE_HOME:-~/.local/state}/codex-fleet",
    "The store: a codex-lb data directory or store file, or an own store's file.")

  static let keyFile = Setting(
    "key-file", .path, standard: nil,
    standardWords: "encryption.key in $CREDENTIALS_DIRECTORY if it is there, else beside the store",
    "The encryption key's file.")

  static let socket = Setting(
    "socket", .path, standard: nil,
    standardWords: "fleet.sock in $RUNTIME_DIRECTORY, else in $XDG_RUNTIME_DIR/codex-fleet, else in /run/codex-fleet",
    "The socket's path; not used when systemd hands over sockets.")

  static let upstreamURL = Setting(
    "upstream-url", .address, standard: "https://chatgpt.com/backend-api", "The usage API's base address.")

  static let authURL = Setting(
    "auth-url", .address, standard: "https://auth.openai.com", "The login service's base address.")

  static let usageRefresh = Setting(
    "usage-refresh", .choice, standard: Switch.on, isReloadable: true, "Whether the upstream is asked at all.")

  static let refreshInterval = Setting(
    "refresh-interval", .seconds(1...86_400), standard: .seconds(60), isReloadable: true,
    "How long a sample counts as fresh.")

  static let backgroundRefresh = Setting(
    "background-refresh", .choice, standard: Switch?.none, standardWords: "on for an own store, off for a codex-lb's",
    isReloadable: true, "Whether every account is refreshed once per interval without being asked.")

  static let idleBackground = Setting(
    "idle-background", .choice, standard: Switch.on, isReloadable: true,
    "Whether that goes on when nobody has called or been subscribed for an hour.")

  static let maxConcurrentFetches = Setting(
    "max-concurrent-fetches", .count(1...256), standard: 16, isReloadable: true, "Upstream fetches at once.")

  static let historyDays = Setting(
    "history-days", .count(1...3_650, of: "days"), standard: 90, isReloadable: true,
    "How long usage is kept in an own store; the latest of each account always is.")

  static let drainTimeout = Setting(
    "drain-timeout", .seconds(0...3_600), standard: .seconds(30), isReloadable: true,
    "How long a stop waits for running refreshes.")

  static let idleExit = Setting(
    "idle-exit", .secondsOrNever(upTo: 86_400), standard: nil, isReloadable: true,
    "After how long without a connection a daemon that systemd started on demand ends; the next connection starts it.")

  static let allowUntestedSchema = Setting(
    "allow-untested-schema", .choice, standard: Switch.off,
    "Whether usage may be written to a codex-lb store whose schema was not tested.")

  static let maxConnections = Setting(
    "max-connections", .count(1...100_000), standard: 1_024, isReloadable: true, "Connections at once.")

  static let maxConnectionsPerUser = Setting(
    "max-connections-per-user", .count(1...100_000), standard: 256, isReloadable: true,
    "Connections at once of one user.")

  static let maxLineLength = Setting(
    "max-line-length", .count(1_024...(1 << 26), of: "bytes"), standard: 1 << 20, isReloadable: true,
    "The length of one line from a client.")

  static let lineTimeout = Setting(
    "line-timeout", .seconds(1...3_600), standard: .seconds(30), isReloadable: true,
    "How long a client may take to complete a line.")

  static let idleTimeout = Setting(
    "idle-timeout", .secondsOrNever(upTo: 86_400), standard: nil, isReloadable: true,
    "After how long without any use a connection is closed.")

  static let allowUIDs = Setting(
    "allow-uids", .numbers, standard: nil, standardWords: "all whom the socket's mode lets in", isReloadable: true,
    "The users who may connect.")

  static let allowGIDs = Setting(
    "allow-gids", .numbers, standard: nil, standardWords: "all whom the socket's mode lets in", isReloadable: true,
    "The groups whose processes may connect; being in one of the two lists is enough.")

  static let logLevel = Setting(
    "log-level", .choice, standard: Logger.Level.info, isReloadable: true, "The least severe level that is logged.")

  static let logFormat = Setting(
    "log-format", .choice, standard: LogFormat.auto, isReloadable: true,
    "How log lines are written; auto is journal when systemd's journal reads them, else text.")
}
