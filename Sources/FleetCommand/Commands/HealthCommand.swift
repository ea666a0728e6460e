internal import ArgumentParser
internal import FleetClient
internal import JSON

/// `codex-fleet health`.
struct HealthCommand: ClientSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "health", abstract: "Asks whether the daemon answers, and what it is.",
    discussion: "It needs no API key.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var format: JSONOption
  @OptionGroup var output: OutputOptions

  func run(in console: Console) async throws(CommandFailure) -> CommandStatus {
    let daemon = try connection.daemon(in: console, token: nil, limit: TimeLimit.health)
    defer { daemon.close() }
    let result = try await daemon.call("daemon.health")
    if format.json {
      try console.printJSON(result)
      return .ok
    }
    let health = try daemon.read(result, FleetClient.Health.init(decoding:))
    let (status, version) = (PrintableText.of(health.status.rawValue), PrintableText.of(health.version))
    try console.print("\(status), codex-fleetd \(version), protocol \(health.protocolVersion)\n")
    return .ok
  }
}
