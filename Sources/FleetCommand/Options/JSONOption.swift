internal import ArgumentParser

/// Whether a command that says little otherwise prints its result as JSON.
struct JSONOption: ParsableArguments {
  @Flag(help: "Print the result as JSON, as it was received.")
  var json = false
}
