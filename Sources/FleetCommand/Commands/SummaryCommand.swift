internal import ArgumentParser
internal import FleetClient
internal import JSON

/// `codex-fleet summary`.
struct SummaryCommand: ClientSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Shows the accounts with what is left in their windows.",
    discussion: """
      On a terminal each share is drawn as a bar and coloured: green from 50 %, yellow from 20 %, red below. The last \
      line counts the accounts; its lowest share is the lowest of those that can be used now.
      """)

  @OptionGroup var accounts: AccountOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var access: TokenOptions
  @OptionGroup var output: OutputOptions

  func run(in console: Console) async throws(CommandFailure) -> CommandStatus {
    let daemon = try connection.daemon(in: console, token: access.token(in: console, isQuiet: output.quiet))
    defer { daemon.close() }
    if output.json {
      try console.printJSON(await daemon.call("fleet.summary", params: accounts.params))
      return .ok
    }
    let summary = try await daemon.summary(of: accounts.ids)
    let style = output.style(of: console.output, in: console.environment)
    let now = console.clock.now()
    var text = SummaryTable(summary, style: style, now: now).text
    let footer = SummaryFooter(summary, style: style, isNarrowed: accounts.ids != nil)
    if !output.quiet || summary.accounts.isEmpty { text += footer.text }
    try console.print(text)
    if !output.quiet, let missing = accounts.missing(from: summary.accounts.map(\.id)), !summary.accounts.isEmpty {
      console.complain("not visible to this key: \(missing)")
    }
    return .ok
  }
}
