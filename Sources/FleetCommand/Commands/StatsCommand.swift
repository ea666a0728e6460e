internal import ArgumentParser
internal import FleetClient
internal import JSON

/// `codex-fleet stats`.
struct StatsCommand: ClientSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Shows what the daemon has done and does.",
    discussion: "The counts begin with the daemon's start and tell nothing of any account; any API key will do.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var access: TokenOptions
  @OptionGroup var format: JSONOption
  @OptionGroup var output: OutputOptions

  func run(in console: Console) async throws(CommandFailure) -> CommandStatus {
    let daemon = try connection.daemon(in: console, token: access.token(in: console, isQuiet: output.quiet))
    defer { daemon.close() }
    let result = try await daemon.call("daemon.stats")
    if format.json {
      try console.printJSON(result)
      return .ok
    }
    let stats = try daemon.read(result, FleetClient.Stats.init(decoding:))
    let table = StatsTable(stats, style: output.style(of: console.output, in: console.environment))
    try console.print(table.text + (output.quiet ? "" : table.footer))
    return .ok
  }
}
