internal import ArgumentParser
internal import FleetClient

/// `codex-fleet watch`.
struct WatchCommand: ClientSubcommand {
  /// What a live view can be printed as.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    /// The whole screen, for people.
    case table
    /// A line of JSON for each change.
    case jsonl
  }

  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Shows the accounts as they change, until you quit.",
    discussion: """
      Keys: r refreshes, s sorts by something else, arrows and Page Up/Down scroll, ? explains, q quits. When the \
      daemon goes away the view waits for it to come back.

      With --format jsonl it prints a line of JSON for each change: the accounts that are different now, all of them \
      at first, and the ids of those that were removed.
      """)

  @OptionGroup var accounts: AccountOptions

  @Option(help: "What to sort by at first.")
  var sort = AccountOrder.name

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var access: TokenOptions

  @Option(help: ArgumentHelp("What to print changes as.", valueName: "format"))
  var format = Format.table

  @OptionGroup var output: OutputOptions

  func run(in console: Console) async throws(CommandFailure) -> CommandStatus {
    switch format {
    case .table:
      guard console.output.isTerminal, console.environment["TERM"].map({ $0 != "dumb" }) ?? false else {
        throw CommandFailure(
          .usage,
          """
          watch draws on a terminal, and this output is none that it can draw on; for other programs use --format \
          jsonl, or summary
          """)
      }
      let daemon = try daemon(in: console)
      defer { daemon.close() }
      let style = output.style(of: console.output, in: console.environment)
      let loop = WatchLoop(
        daemon: daemon, accounts: try await accounts.selection(by: daemon), order: sort, style: style,
        clock: console.clock, open: console.openTerminal)
      try await loop.run()
    case .jsonl:
      let daemon = try daemon(in: console)
      defer { daemon.close() }
      let selection = try await accounts.selection(by: daemon)
      try await WatchLines(daemon: daemon, accounts: selection, console: console, isQuiet: output.quiet).run()
    }
    return .ok
  }

  private func daemon(in console: Console) throws(CommandFailure) -> Daemon {
    try connection.daemon(in: console, token: access.token(in: console, isQuiet: output.quiet))
  }
}
