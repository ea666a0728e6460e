/// A text with colours, whose width is known without them.
struct StyledText: Sendable, Equatable, ExpressibleByStringInterpolation {
  /// The colours in use, by the number a terminal knows them by.
  enum Color: Int, Sendable {
    case red = 31
    case green = 32
    case yellow = 33
  }

  private struct Run: Sendable, Equatable {
    var text: String
    var color: Color?
  }

  private var runs: [Run]

  init(_ text: String, color: Color? = nil) { runs = [Run(text: text, color: color)] }

  init(stringLiteral value: String) { self.init(value) }

  /// The columns it takes.
  var width: Int { runs.reduce(0) { $0 + DisplayWidth.of($1.text) } }

  /// The text without its colours.
  var plain: String { runs.map(\.text).joined() }

  /// The text, with colours when they are wanted.
  func rendered(usesColor: Bool) -> String {
    guard usesColor else { return plain }
    return runs.map { run in
      guard let color = run.color else { return run.text }
      return "\u{1B}[\(color.rawValue)m\(run.text)\u{1B}[0m"
    }.joined()
  }

  static func + (left: StyledText, right: StyledText) -> StyledText {
    var sum = left
    sum.runs += right.runs
    return sum
  }
}
