internal import Foundation

/// Figures as a program reads them: one JSON object a line.
struct JSONLines {
  /// One line.
  struct Entry: Codable {
    var benchmark: String
    var figure: String
    var value: Double
    var unit: String
    var atLeast: Double?
    var atMost: Double?
    var isMet: Bool?
  }

  private let file: FileHandle

  /// Begins a file anew.
  init(path: String) throws {
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else { throw BenchmarkFailure("cannot write \(path)") }
    self.file = file
  }

  /// Adds a benchmark's figures.
  mutating func append(_ figures: [Figure], of benchmark: Benchmark) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    for figure in figures where figure.value.isFinite {
      var entry = Entry(
        benchmark: benchmark.name, figure: figure.name, value: figure.value, unit: figure.unit, isMet: figure.isMet)
      switch figure.goal {
      case .atLeast(let bound)?: entry.atLeast = bound
      case .atMost(let bound)?: entry.atMost = bound
      case nil: break
      }
      try file.write(contentsOf: encoder.encode(entry) + Data("\n".utf8))
    }
  }

  /// The lines of a file.
  static func read(_ path: String) throws -> [Entry] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return try text.split(separator: "\n").map { try JSONDecoder().decode(Entry.self, from: Data($0.utf8)) }
  }
}
