/// Runs the benchmarks and prints what they took. Absolute times are the machine's; what counts are the ratios.
@main
struct Benchmarks {
  private static let runs = 5

  static func main() async throws {
    let few = try await median(of: 10_000)
    let many = try await median(of: 100_000)
    print("many waiters on one flight, all cancelled before its work ends; medians of \(runs) runs")
    for figures in [few, many] {
      print("\(figures.waiters) waiters: joining \(figures.joining), leaving \(figures.leaving), each \(figures.each)")
    }
    print("cost of a waiter among 100,000 to one among 10,000: \(many.each / few.each)")
  }

  /// The run of the median cost, of several.
  private static func median(of waiters: Int) async throws -> WaiterBenchmark.Figures {
    var figures: [WaiterBenchmark.Figures] = []
    for _ in 0..<runs { figures.append(try await WaiterBenchmark.run(waiters: waiters)) }
    return figures.sorted { $0.each < $1.each }[runs / 2]
  }
}
