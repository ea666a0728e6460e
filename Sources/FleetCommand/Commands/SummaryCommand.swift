internal import ArgumentParser
internal import FleetClient
internal import JSON

/// `codex-fleet summary`.
struct SummaryCommand: ClientSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Shows the accounts with what is left in their windows.",
    discussion: """
      On a terminal each share is drawn as a bar and coloured: green from 50 %, yellow from 20 %, red below. The last \
      line counts the accounts; its lowest share is the lowest of those that can be used now. A share \
      beyond 0 to 100 is shown as the nearer end; JSON has it as it was received.

      Accounts that were asked for and cannot be seen are named on standard error, unless quiet.

      With --fail-below the exit status is 1 when an account has less left in any window that is known; the accounts \
      are named on standard error. Those that are paused, deactivated or have to sign in again do not count. It is 1, \
      too, when there is nothing to compare, or when an account that was asked for cannot be seen.
      """)

  @OptionGroup var accounts: AccountOptions

  @Option(
    // Else a negative number would pass for an option, and its value for missing.
    parsing: .unconditional,
    help: ArgumentHelp("Fail when an account has less than this left, in percent.", valueName: "percent"),
    transform: ShareCheck.parse)
  var failBelow: ShareCheck?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var access: TokenOptions
  @OptionGroup var format: FormatOptions<SummaryFormat>
  @OptionGroup var output: OutputOptions

  func run(in console: Console) async throws(CommandFailure) -> CommandStatus {
    let daemon = try connection.daemon(in: console, token: access.token(in: console, isQuiet: output.quiet))
    defer { daemon.close() }
    let selection = try await accounts.selection(by: daemon)
    let result = try await daemon.call("fleet.summary", params: selection.params)
    try show(result, from: daemon, in: console)
    let answered = result["accounts"]?.arrayValue ?? []
    let missing = selection.missing(from: answered.compactMap { $0["accountId"]?.stringValue })
    guard let failBelow else {
      if let missing, !output.quiet { console.complain(missing) }
      return .ok
    }
    let judged = try daemon.read(result, FleetClient.Summary.init(decoding:)).accounts
    if let failure = failBelow.failure(of: judged, missing: missing) { throw failure }
    return .ok
  }

  private func show(_ result: JSONValue, from daemon: Daemon, in console: Console) throws(CommandFailure) {
    func summary() throws(CommandFailure) -> FleetClient.Summary {
      try daemon.read(result, FleetClient.Summary.init(decoding:))
    }
    switch format.chosen {
    case .table: try showTable(of: summary(), in: console)
    case .json: try console.printJSON(result)
    case .jsonl: try console.printJSONLines(daemon.list("accounts", of: result))
    case .csv: try console.print(SummaryCSV(printable(summary(), in: console)).text)
    case .prometheus: try console.print(SummaryMetrics(printable(summary(), in: console)).text)
    }
  }

  private func showTable(of summary: FleetClient.Summary, in console: Console) throws(CommandFailure) {
    let style = output.style(of: console.output, in: console.environment)
    var text = SummaryTable(summary.accounts, style: style, now: console.clock.now()).text
    let footer = SummaryFooter(summary, style: style, isNarrowed: !accounts.given.isEmpty)
    if !output.quiet || summary.accounts.isEmpty { text += footer.text }
    try console.print(text)
  }

  private func printable(_ summary: FleetClient.Summary, in console: Console) -> FleetClient.Summary {
    console.output.isTerminal ? summary.printable : summary
  }
}
