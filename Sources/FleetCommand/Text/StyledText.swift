/// A text with looks, whose width is known without them.
struct StyledText: Sendable, Equatable, ExpressibleByStringInterpolation {
  /// How a part of a text looks, by the number a terminal knows it by.
  enum Look: Int, Sendable {
    case bold = 1
    case red = 31
    case green = 32
    case yellow = 33
  }

  private struct Run: Sendable, Equatable {
    var text: String
    var look: Look?
  }

  private var runs: [Run]

  init(_ text: String, look: Look? = nil) { runs = [Run(text: text, look: look)] }

  init(stringLiteral value: String) { self.init(value) }

  /// The columns it takes.
  var width: Int { runs.reduce(0) { $0 + DisplayWidth.of($1.text) } }

  /// The text without its looks.
  var plain: String { runs.map(\.text).joined() }

  /// The text, with its looks when they are wanted.
  func rendered(usesColor: Bool) -> String {
    guard usesColor else { return plain }
    return runs.map { run in
      guard let look = run.look else { return run.text }
      return "\u{1B}[\(look.rawValue)m\(run.text)\u{1B}[0m"
    }.joined()
  }

  /// The beginning that fits into so many columns, with `ellipsis` in place of what does not.
  func truncated(to width: Int, ellipsis: String) -> StyledText {
    guard self.width > width else { return self }
    var rest = max(0, width - DisplayWidth.of(ellipsis))
    var beginning = self
    beginning.runs = []
    for run in runs {
      let text = DisplayWidth.truncated(run.text, to: rest, ellipsis: "")
      beginning.runs.append(Run(text: text, look: run.look))
      rest -= DisplayWidth.of(text)
      if text != run.text { break }
    }
    return width > 0 ? beginning + StyledText(ellipsis) : beginning
  }

  static func + (left: StyledText, right: StyledText) -> StyledText {
    var sum = left
    sum.runs += right.runs
    return sum
  }
}
