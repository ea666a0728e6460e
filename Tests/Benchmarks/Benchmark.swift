/// One benchmark: a name to pick it by, and what it does on a stage.
struct Benchmark: Sendable {
  /// Its name: words joined by hyphens.
  var name: String
  /// What is measured, for people.
  var title: String
  /// Measures.
  var run: @Sendable (Stage) async throws -> [Figure]

  /// All of them: first the rows of the README's table of targets, in its order, then the pieces.
  static let all: [Benchmark] =
    SummaryBenchmark.all + [
      .singleCall, .accountGrowth, .historyGrowth, .authenticationShare, .thousandRefreshes, .summaryDuringRefresh,
      .allocations, .idle, .endurance, .connections, .start, .activation,
    ] + PieceBenchmark.all
}

/// One measured figure.
struct Figure: Sendable {
  /// What it is of, for people and machines alike.
  var name: String
  /// How much.
  var value: Double
  /// Of what; empty for a ratio.
  var unit: String
  /// What it should be.
  var goal: Goal?

  /// A bound that a figure should keep.
  enum Goal: Sendable {
    case atLeast(Double)
    case atMost(Double)
  }

  /// Makes a figure.
  init(_ name: String, _ value: Double, _ unit: String = "", _ goal: Goal? = nil) {
    self.name = name
    self.value = value
    self.unit = unit
    self.goal = goal
  }

  /// Whether it is as good as it should be; nil when nothing is asked of it.
  var isMet: Bool? {
    switch goal {
    case .atLeast(let bound)?: value >= bound
    case .atMost(let bound)?: value <= bound
    case nil: nil
    }
  }
}

extension [Double] {
  /// The middle value; of an even number of values the upper one of the two in the middle.
  var median: Double { isEmpty ? .nan : sorted()[count / 2] }
}

/// Why a benchmark has no figures.
struct BenchmarkFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
