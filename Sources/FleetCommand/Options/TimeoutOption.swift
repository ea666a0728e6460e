internal import ArgumentParser

/// How long the daemon may take.
struct TimeoutOption: ParsableArguments {
  @Option(
    name: .customLong("timeout"), parsing: .unconditional,
    help: ArgumentHelp(
      "How long an answer may take: 30 seconds unless told, 10 for health, 600 for a refresh.", valueName: "seconds"),
    transform: TimeoutOption.parse)
  var limit: Duration?

  private static func parse(_ argument: String) throws -> Duration {
    // The daemon's own limit for such a limit.
    guard let seconds = Int(argument), (1...86_400).contains(seconds) else {
      throw ValidationError("expected a whole number of seconds from 1 to 86400, such as 30")
    }
    return .seconds(seconds)
  }
}
