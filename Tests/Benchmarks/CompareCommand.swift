internal import ArgumentParser
internal import Foundation

/// Puts the figures of two runs beside each other.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compares two files written with --json.")

  @Argument(help: ArgumentHelp("The earlier run.", valueName: "path"))
  var before: String

  @Argument(help: ArgumentHelp("The later run.", valueName: "path"))
  var after: String

  func run() throws {
    let earlier = try JSONLines.read(before)
    let names = try JSONLines.read(after).map { entry in
      (entry, earlier.first { $0.benchmark == entry.benchmark && $0.figure == entry.figure })
    }
    let width = names.map { $0.0.benchmark.count + $0.0.figure.count + 2 }.max() ?? 0
    for (later, earlier) in names {
      let name = "\(later.benchmark): \(later.figure)".padding(toLength: width, withPad: " ", startingAt: 0)
      let value = TextReport.number(later.value)
      guard let earlier else {
        print("\(name)  \(value) \(later.unit) (new)")
        continue
      }
      let change = earlier.value == 0 ? "" : String(format: "  %+.1f %%", (later.value / earlier.value - 1) * 100)
      print("\(name)  \(TextReport.number(earlier.value)) → \(value) \(later.unit)\(change)")
    }
  }
}
