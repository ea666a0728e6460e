internal import ArgumentParser

/// How results are shown.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print the result as JSON, as it was received.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print results and errors only: no progress, no warnings, no closing line.")
  var quiet = false

  @Flag(name: .customLong("no-color"), help: "Use no colours; also NO_COLOR.")
  var noColor = false

  /// How to draw on a stream.
  func style(of stream: OutputStream, in environment: [String: String]) -> Style {
    Style(of: stream, environment: environment, allowsColor: !noColor)
  }
}
