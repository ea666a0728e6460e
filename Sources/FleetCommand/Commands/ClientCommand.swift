internal import ArgumentParser
internal import FleetSocket

/// The command line of `codex-fleet`.
struct ClientCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codex-fleet",
    abstract: "Shows how much quota is left on a fleet of Codex accounts.",
    discussion: """
      It asks the daemon codex-fleetd on this machine; without a subcommand it shows the summary.

      The API key is taken from the file that --token-file names, else from CODEX_FLEET_TOKEN, else from \
      $CREDENTIALS_DIRECTORY/token, else as the configuration file says. The daemon's socket is the one that --socket, \
      CODEX_FLEET_SOCKET or the configuration file names, else $RUNTIME_DIRECTORY/fleet.sock, \
      $XDG_RUNTIME_DIR/codex-fleet/fleet.sock or /run/codex-fleet/fleet.sock, whichever is there first.

      The configuration file is ~/.config/codex-fleet/client.yaml, or in $XDG_CONFIG_HOME instead of ~/.config. It may \
      have the settings socket and token-file, each a path, and token, the key itself, if no other user can read it.

      Exit status: 0 all went well; 1 the call failed, or an account is below what --fail-below asks for; 2 wrong \
      usage; 3 the daemon cannot be reached; 4 the API key is missing or not accepted; 5 some accounts failed to refresh, \
      or cannot be seen.
      """,
    version: "codex-fleet \(ProductVersion.current)",
    subcommands: [
      SummaryCommand.self, RefreshCommand.self, WatchCommand.self, HealthCommand.self, StatsCommand.self,
      CallCommand.self,
      CompletionsCommand.self,
    ],
    defaultSubcommand: SummaryCommand.self)

  /// The arguments with the subcommand before its options: the parser knows the options only behind it, people also
  /// write them in front.
  static func subcommandFirst(_ arguments: [String]) -> [String] {
    let withValue: Set = ["--account", "--fail-below", "--format", "--socket", "--sort", "--token-file"]
    var position = 0
    while position < arguments.count, arguments[position].hasPrefix("-"), arguments[position] != "--" {
      position += withValue.contains(arguments[position]) ? 2 : 1
    }
    let names = configuration.subcommands.compactMap { $0.configuration.commandName }
    guard position < arguments.count, names.contains(arguments[position]) else { return arguments }
    var ordered = arguments
    ordered.insert(ordered.remove(at: position), at: 0)
    return ordered
  }
}

/// A subcommand that can be run in any surroundings, those of a test included.
protocol ClientSubcommand: ParsableCommand {
  /// Runs it; what went wrong is thrown as `CommandFailure`.
  func run(in console: Console) async throws(CommandFailure) -> CommandStatus
}
