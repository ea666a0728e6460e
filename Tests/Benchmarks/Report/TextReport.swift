internal import Foundation

/// Figures as a person reads them: one line each, with a bar where there is a goal.
enum TextReport {
  private static let barWidth = 24

  /// The lines of a benchmark.
  static func text(_ figures: [Figure]) -> String {
    let width = figures.map(\.name.count).max() ?? 0
    return figures.map { "  " + line($0, nameWidth: width) }.joined(separator: "\n")
  }

  private static func line(_ figure: Figure, nameWidth: Int) -> String {
    let name = figure.name.padding(toLength: nameWidth, withPad: " ", startingAt: 0)
    let value = number(figure.value) + (figure.unit.isEmpty ? "" : " " + figure.unit)
    guard let goal = figure.goal, let isMet = figure.isMet else { return "\(name)  \(value)" }
    let verdict = isMet ? "met" : "MISSED"
    return "\(name)  \(value.padding(toLength: 16, withPad: " ", startingAt: 0))  \(bar(figure.value, goal))  "
      + "\(words(goal))  \(verdict)"
  }

  /// The share of the goal that was reached: the mark stands at the goal itself.
  private static func bar(_ value: Double, _ goal: Figure.Goal) -> String {
    let bound =
      switch goal {
      case .atLeast(let bound), .atMost(let bound): bound
      }
    let mark = barWidth * 2 / 3
    let length = value.isFinite && bound > 0 ? Int((value / bound * Double(mark)).rounded()) : barWidth
    let filled = min(max(length, 0), barWidth)
    return (0..<barWidth).map { place in
      if place == mark { return place < filled ? "┃" : "│" }
      return place < filled ? "█" : "·"
    }.joined()
  }

  private static func words(_ goal: Figure.Goal) -> String {
    switch goal {
    case .atLeast(let bound): "≥ \(number(bound))"
    case .atMost(let bound): "≤ \(number(bound))"
    }
  }

  /// A number with as many digits as say something.
  static func number(_ value: Double) -> String {
    let digits = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : abs(value) >= 0.1 ? 2 : 4
    return String(format: "%.\(digits)f", value)
  }
}
