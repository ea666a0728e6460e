internal import ArgumentParser
internal import UnixSignals
internal import UpstreamSimulator

/// Runs the simulated provider by itself, for a demonstration or for tests that cross process boundaries.
@main
struct UpstreamSimulatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upstream-simulator",
    abstract: "A provider on the loopback interface that knows made-up accounts and nothing else.")

  @Option(help: ArgumentHelp("The port to listen on; 0 lets the system choose.", valueName: "port"))
  var port = 0

  @Option(help: ArgumentHelp("A file that gets the port's number once it listens.", valueName: "path"))
  var portFile: String?

  @Option(help: ArgumentHelp("How many accounts there are, 0 to 10000.", valueName: "count"))
  var accounts = 5

  @Option(help: ArgumentHelp("A directory that gets account-1.json and so on, to import from.", valueName: "path"))
  var authDir: String?

  @Option(name: .customLong("latency-ms"), help: ArgumentHelp("How long an answer takes.", valueName: "milliseconds"))
  var latency = 0

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port must be 0 to 65535.") }
    guard (0...10_000).contains(accounts) else { throw ValidationError("--accounts must be 0 to 10000.") }
    guard (0...600_000).contains(latency) else { throw ValidationError("--latency-ms must be 0 to 600000.") }
  }

  func run() async throws {
    // Trapped before anybody is told that it runs, so that no signal from then on is lost.
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    let simulator = try await UpstreamSimulator.start(port: port)
    simulator.behave(UpstreamBehaviour(latency: .milliseconds(latency)))
    for number in 0..<accounts { simulator.add(DemoFleet.account(number)) }
    if let authDir {
      let directory = try OutputDirectory(authDir)
      for number in 0..<accounts {
        let name = "account-\(number + 1).json"
        try directory.write(simulator.authJSON(for: DemoFleet.account(number).id), to: name)
      }
    }
    if let portFile { try OutputFile.write("\(simulator.port)", to: portFile) }
    print("listening on \(simulator.baseURL)")
    OutputFile.flushStandardOutput()
    for await _ in signals { break }
    await simulator.stop()
  }
}
