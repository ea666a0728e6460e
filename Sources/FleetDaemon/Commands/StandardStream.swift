internal import Glibc

/// The process's own output.
enum StandardStream {
  case output
  case error

  /// Writes a text whole; what cannot be written has nobody to read it.
  static func write(_ text: String, to stream: StandardStream = .output) {
    let file = stream == .output ? STDOUT_FILENO : STDERR_FILENO
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }

  /// Whether standard input is a terminal.
  static var isInputTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// Asks a question on a terminal.
  ///
  /// - Returns: whether the answer was yes; nil when there is no terminal to ask on.
  static func confirm(_ question: String) -> Bool? {
    guard isInputTerminal else { return nil }
    write("\(question) [y/N] ", to: .error)
    return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
  }
}
