internal import ArgumentParser
internal import FleetClient

/// Which accounts a command is about.
struct AccountOptions: ParsableArguments {
  @Option(
    name: .customLong("account"),
    help: ArgumentHelp(
      "Only the account with this identifier, e-mail address or name; may be repeated.", valueName: "account"))
  var given: [String] = []

  /// The accounts as the daemon knows them, which is asked for them where some are named.
  func selection(by daemon: Daemon) async throws(CommandFailure) -> AccountSelection {
    guard !given.isEmpty else { return .all }
    let result = try await daemon.call("fleet.summary")
    let summary = try daemon.read(result, FleetClient.Summary.init(decoding:))
    return try AccountSelection(given, among: summary.accounts)
  }
}
