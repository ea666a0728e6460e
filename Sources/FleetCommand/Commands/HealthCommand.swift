internal import ArgumentParser
internal import FleetClient
internal import JSON

/// `codex-fleet health`.
struct HealthCommand: ClientSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "health", abstract: "Asks whether the daemon answers, and what it is.",
    discussion: "It needs no API key.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func run(in console: Console) async throws(CommandFailure) -> CommandStatus {
    let daemon = try connection.daemon(in: console, token: nil)
    defer { daemon.close() }
    if output.json {
      try console.printJSON(await daemon.call("daemon.health"))
      return .ok
    }
    let health = try await daemon.health()
    let (status, version) = (PrintableText.of(health.status.rawValue), PrintableText.of(health.version))
    try console.print("\(status), codex-fleetd \(version), protocol \(health.protocolVersion)\n")
    return .ok
  }
}
