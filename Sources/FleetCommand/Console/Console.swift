internal import JSON

/// What a command works with: its streams, its environment and its clock.
struct Console: Sendable {
  /// For results.
  var output: OutputStream
  /// For progress, warnings and errors.
  var error: OutputStream
  /// The environment's variables; those that no command asks for may be missing.
  var environment: [String: String]
  var clock: ConsoleClock
  /// All that comes on standard input.
  var input: @Sendable () throws(CommandFailure) -> [UInt8]
  /// Gets hold of the terminal, for a command that needs all of it.
  var openTerminal: @Sendable () throws(CommandFailure) -> any LiveTerminal

  /// Reads standard input to its end.
  func readInput() throws(CommandFailure) -> [UInt8] { try input() }

  /// Prints a result.
  func print(_ text: String) throws(CommandFailure) {
    guard case .failed(let reason) = output.write(text) else { return }
    throw CommandFailure(.failed, "cannot write the output: \(reason)")
  }

  /// Prints a result as JSON: laid out for reading on a terminal, otherwise on one line.
  func printJSON(_ value: JSONValue) throws(CommandFailure) {
    guard output.isTerminal else {
      try print(String(decoding: value.serialized(), as: UTF8.self) + "\n")
      return
    }
    try print(PrintableText.json(String(decoding: value.serialized(pretty: true), as: UTF8.self)))
  }

  /// Prints results as JSON, one in each line.
  func printJSONLines(_ values: [JSONValue]) throws(CommandFailure) {
    let lines = values.map { String(decoding: $0.serialized(), as: UTF8.self) }
    try print((output.isTerminal ? lines.map(PrintableText.json) : lines).map { $0 + "\n" }.joined())
  }

  /// Says something that is no result.
  func complain(_ message: String) { error.write("codex-fleet: \(message)\n") }
}

/// The time as a command sees it.
struct ConsoleClock: Sendable {
  /// Seconds since 1970-01-01T00:00:00Z.
  var now: @Sendable () -> Int64
  /// The time since any fixed instant; never runs backwards.
  var uptime: @Sendable () -> Duration
  /// Waits; throws as soon as the calling task is cancelled.
  var pause: @Sendable (Duration) async throws -> Void
}
