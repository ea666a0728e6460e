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
      have the settings socket and token-file, each a path, and token, the key itself, if none but the file's owner and \
      group can read it.

      Exit status: 0 all went well; 1 the call failed, or an account is below what --fail-below asks for; 2 wrong \
      usage or configuration file; 3 the daemon cannot be reached; 4 the API key is missing or not accepted; 5 some accounts failed to refresh, \
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
    guard let position = positionOfCommand(in: arguments), names.contains(arguments[position]) else { return arguments }
    var ordered = arguments
    ordered.insert(ordered.remove(at: position), at: 0)
    return ordered
  }

  /// Refuses a command that there is not, and an option of another command than the one that is given.
  ///
  /// The parser would take the first for an argument of the summary, and suggest something unlike for the second.
  static func refuseMistakes(in arguments: [String]) throws {
    let given = positionOfCommand(in: arguments).map { arguments[$0...] } ?? []
    let word = given.first == "help" ? given.dropFirst().first : given.first
    if let word, word != "help", !word.hasPrefix("-"), !names.contains(word) {
      let guess = Spelling.nearest(to: word, among: names).map { "; did you mean \($0)?" } ?? "."
      throw ValidationError(
        """
        There is no command \(PrintableText.name(word))\(guess) The commands are \(names.joined(separator: ", ")).
        """)
    }
    let command = word ?? "summary"
    for (option, owner) in ["--sort": "watch", "--fail-below": "summary"] where owner != command {
      guard arguments.prefix(while: { $0 != "--" }).contains(where: { $0 == option || $0.hasPrefix(option + "=") })
      else { continue }
      throw ValidationError("\(option) is an option of \(owner), and \(command) has none like it.")
    }
  }

  /// Where the command stands behind its options; nil when there is none, or an option that is not known to tell whether
  /// the next word is its value.
  private static func positionOfCommand(in arguments: [String]) -> Int? {
    let withValue: Set = ["--account", "--fail-below", "--format", "--socket", "--sort", "--timeout", "--token-file"]
    let withoutValue: Set = ["--json", "--quiet", "-q", "--no-color", "--help", "-h"]
    var position = 0
    while position < arguments.count, arguments[position].hasPrefix("-") {
      let argument = arguments[position]
      let name = String(argument.prefix { $0 != "=" })
      guard withValue.contains(name) || withoutValue.contains(name) else { return nil }
      position += withValue.contains(argument) ? 2 : 1
    }
    return position < arguments.count ? position : nil
  }

  private static var names: [String] { configuration.subcommands.compactMap { $0.configuration.commandName } }
}

/// A subcommand that can be run in any surroundings, those of a test included.
protocol ClientSubcommand: ParsableCommand {
  /// Runs it; what went wrong is thrown as `CommandFailure`.
  func run(in console: Console) async throws(CommandFailure) -> CommandStatus
}
