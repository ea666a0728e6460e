internal import ArgumentParser

/// Measures the daemon, and the pieces it is made of, against what this machine can do.
@main
struct BenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fleet-benchmarks",
    abstract: "Measures the daemon against a bare echo server, in one run.",
    subcommands: [RunCommand.self, CompareCommand.self, EchoCommand.self],
    defaultSubcommand: RunCommand.self)
}
