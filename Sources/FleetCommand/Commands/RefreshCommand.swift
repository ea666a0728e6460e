internal import ArgumentParser
internal import FleetClient
internal import JSON

/// `codex-fleet refresh`.
struct RefreshCommand: ClientSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "refresh", abstract: "Has the daemon ask for the usage anew, and shows what became of each account.",
    discussion: """
      The refresh belongs to the daemon: it goes on when this command is interrupted. Accounts whose sample is recent \
      enough are not asked again.
      """)

  @OptionGroup var accounts: AccountOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var access: TokenOptions
  @OptionGroup var output: OutputOptions

  func run(in console: Console) async throws(CommandFailure) -> CommandStatus {
    let daemon = try connection.daemon(in: console, token: access.token(in: console, isQuiet: output.quiet))
    defer { daemon.close() }
    let progress = output.quiet ? nil : ProgressLine("refreshing", on: console)
    if output.json {
      let result = try await ProgressLine.showing(progress) { () async throws(CommandFailure) in
        try await daemon.call("fleet.refresh", params: accounts.params)
      }
      try console.printJSON(result)
      let outcomes = result["outcomes"]?.arrayValue ?? []
      return Self.status(of: outcomes.compactMap { $0["outcome"]?.stringValue.map(FleetClient.Outcome.Kind.init) })
    }
    // Asked for beforehand: a daemon that stops answers the refresh it has begun, but no summary after it.
    let names = await names(from: daemon)
    let result = try await ProgressLine.showing(progress) { () async throws(CommandFailure) in
      try await daemon.refresh(accounts.ids)
    }
    let style = output.style(of: console.output, in: console.environment)
    let table = RefreshTable(result, names: names, style: style, now: console.clock.now())
    try console.print(table.text + (output.quiet && !result.outcomes.isEmpty ? "" : table.footer))
    if !output.quiet, let missing = accounts.missing(from: result.outcomes.map(\.accountID)) {
      console.complain("not visible to this key: \(missing)")
    }
    return Self.status(of: result.outcomes.map(\.kind))
  }

  /// The accounts' names, which a refresh does not tell; without them the ids have to do.
  private func names(from daemon: Daemon) async -> [String: String] {
    guard let summary = try? await daemon.summary(of: accounts.ids) else { return [:] }
    return Dictionary(summary.accounts.map { ($0.id, $0.displayName) }, uniquingKeysWith: { first, _ in first })
  }

  private static func status(of outcomes: [FleetClient.Outcome.Kind]) -> CommandStatus {
    outcomes.contains(where: \.isFailure) ? .partlyFailed : .ok
  }
}
