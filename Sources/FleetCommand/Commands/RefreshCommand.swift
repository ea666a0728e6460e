internal import ArgumentParser
internal import FleetClient
internal import JSON
internal import NIOConcurrencyHelpers

/// `codex-fleet refresh`.
struct RefreshCommand: ClientSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "refresh", abstract: "Has the daemon ask for the usage anew, and shows what became of each account.",
    discussion: """
      The refresh belongs to the daemon: it goes on when this command is interrupted. Accounts whose sample is recent \
      enough are not asked again.

      The exit status is 5 when an account failed to refresh, or one that was asked for cannot be seen.
      """)

  @OptionGroup var accounts: AccountOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var access: TokenOptions
  @OptionGroup var format: FormatOptions<RefreshFormat>
  @OptionGroup var output: OutputOptions

  func run(in console: Console) async throws(CommandFailure) -> CommandStatus {
    let daemon = try connection.daemon(in: console, token: access.token(in: console, isQuiet: output.quiet))
    defer { daemon.close() }
    let selection = try await accounts.selection(by: daemon)
    let (result, names) = try await refresh(selection, by: daemon, in: console)
    switch format.chosen {
    case .table:
      try show(daemon.read(result, FleetClient.RefreshResult.init(decoding:)), names, in: console)
    case .json: try console.printJSON(result)
    case .jsonl: try console.printJSONLines(daemon.list("outcomes", of: result))
    case .csv:
      let result = try daemon.read(result, FleetClient.RefreshResult.init(decoding:))
      try console.print(RefreshCSV(console.output.isTerminal ? result.printable : result).text)
    }
    let outcomes = result["outcomes"]?.arrayValue ?? []
    let missing = selection.missing(from: outcomes.compactMap { $0["accountId"]?.stringValue })
    // What was to be refreshed and was not is an error, said also to whoever wants no warnings.
    if let missing { console.complain(missing) }
    let kinds = outcomes.compactMap { $0["outcome"]?.stringValue }.map(FleetClient.Outcome.Kind.init(rawValue:))
    return missing != nil || kinds.contains(where: \.isFailure) ? .partlyFailed : .ok
  }

  /// Refreshes, with progress for whoever looks.
  ///
  /// - Returns: the result, and the accounts' names by their ids, which a refresh does not tell. They are asked for
  ///   beforehand: a daemon that stops answers the refresh it has begun, but no summary after it.
  private func refresh(
    _ selection: AccountSelection, by daemon: Daemon, in console: Console
  ) async throws(CommandFailure) -> (result: JSONValue, names: [String: String]) {
    let limit = connection.timeout.limit ?? TimeLimit.refresh
    let progress = NIOLockedValueBox(RefreshProgress([]))
    let rows = console.error.rows ?? 24
    let block = ProgressBlock(on: console, allowsColor: !output.noColor) { elapsed, style in
      progress.withLockedValue { $0 }.lines(after: elapsed, style: style, atMost: rows - 1)
    }
    guard !output.quiet, let block else {
      let names = try await names(of: selection, from: daemon)
      return (try await daemon.refresh(selection, within: limit), names)
    }
    var changes = daemon.changes(of: selection.ids).makeAsyncIterator()
    var before: FleetClient.Change?
    do {
      before = try await daemon.first(of: &changes)
    } catch {
      // One that cannot subscribe can refresh all the same, unless nobody answers.
      let failure = daemon.explained(error)
      if failure.status == .unreachable { throw failure }
    }
    let names = if let before { Self.names(before.accounts) } else { try await names(of: selection, from: daemon) }
    progress.withLockedValue { $0 = RefreshProgress(before?.accounts ?? []) }
    let later = changes
    async let _ = Self.follow(later, progress)
    let result = try await ProgressBlock.showing(block) { () async throws(CommandFailure) in
      try await daemon.refresh(selection, within: limit)
    }
    return (result, names)
  }

  /// Takes note of what changes until cancelled, as it is at the end of the scope that began it.
  private static func follow(
    _ changes: FleetClient.Changes.Iterator, _ progress: NIOLockedValueBox<RefreshProgress>
  ) async {
    var changes = changes
    while let change = try? await changes.next() { progress.withLockedValue { $0.apply(change.accounts) } }
  }

  private func show(
    _ result: FleetClient.RefreshResult, _ names: [String: String], in console: Console
  ) throws(CommandFailure) {
    let style = output.style(of: console.output, in: console.environment)
    let table = RefreshTable(
      result, names: names, isNarrowed: !accounts.given.isEmpty, style: style, now: console.clock.now())
    try console.print(table.text + (output.quiet && !result.outcomes.isEmpty ? "" : table.footer))
  }

  /// The accounts' names for the table; without them the ids have to do.
  private func names(
    of selection: AccountSelection, from daemon: Daemon
  ) async throws(CommandFailure) -> [String: String] {
    guard format.chosen == .table, !selection.isNarrowed else { return selection.names }
    do throws(CommandFailure) {
      let result = try await daemon.call("fleet.summary")
      return Self.names(try daemon.read(result, FleetClient.Summary.init(decoding:)).accounts)
    } catch {
      if error.status == .unreachable { throw error }
      return [:]
    }
  }

  private static func names(_ accounts: [FleetClient.Account]) -> [String: String] {
    Dictionary(accounts.map { ($0.id, $0.displayName) }, uniquingKeysWith: { first, _ in first })
  }
}
