internal import ArgumentParser

/// How much is said besides the result, and how it is drawn.
struct OutputOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Print results and errors only: no progress, no warnings, no closing line.")
  var quiet = false

  @Flag(name: .customLong("no-color"), help: "Use no colours; also NO_COLOR.")
  var noColor = false

  /// How to draw on a stream.
  func style(of stream: OutputStream, in environment: [String: String]) -> Style {
    Style(of: stream, environment: environment, allowsColor: !noColor)
  }
}
