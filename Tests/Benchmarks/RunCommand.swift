internal import ArgumentParser

/// Runs benchmarks and tells what came of them.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs the benchmarks whose names contain one of the words; all without a word.")

  @Argument(help: ArgumentHelp("Parts of names.", valueName: "word"))
  var words: [String] = []

  @Flag(help: "Shorter runs: rougher figures within minutes.")
  var quick = false

  @Flag(help: "Names the benchmarks and runs none.")
  var list = false

  @Option(help: ArgumentHelp("A file that gets one JSON object a line and figure.", valueName: "path"))
  var json: String?

  @Option(help: ArgumentHelp("The daemon to measure; the one built beside this program by default.", valueName: "path"))
  var daemon: String?

  func run() async throws {
    let chosen = Benchmark.all.filter { benchmark in words.isEmpty || words.contains { benchmark.name.contains($0) } }
    guard !chosen.isEmpty else { throw ValidationError("No benchmark's name contains that; --list shows all.") }
    if list {
      for benchmark in chosen { print("\(benchmark.name)  \(benchmark.title)") }
      return
    }
    let stage = try Stage(daemon: daemon ?? Stage.builtDaemon, isQuick: quick)
    var lines = try json.map { try JSONLines(path: $0) }
    for benchmark in chosen {
      print("\n\(benchmark.name): \(benchmark.title)")
      let figures = try await benchmark.run(stage)
      print(TextReport.text(figures))
      try lines?.append(figures, of: benchmark)
    }
  }
}
