internal import ArgumentParser

/// What to print a result as.
struct FormatOptions<Format: OutputFormat>: ParsableArguments {
  @Option(help: ArgumentHelp("What to print the result as; a table unless told otherwise.", valueName: "format"))
  var format: Format?

  @Flag(help: "The same as --format json: the result as it was received.")
  var json = false

  /// The format that was asked for, else a table.
  var chosen: Format { json ? .json : format ?? .table }

  func validate() throws {
    guard json, let format, format != .json else { return }
    throw ValidationError("--json means --format json; leave it out to have --format \(format.rawValue).")
  }
}
