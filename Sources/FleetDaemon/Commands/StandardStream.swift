internal import Glibc

/// The process's own input and output.
enum StandardStream {
  /// Writes a text whole to standard output; a reader that went away needs nothing more.
  static func write(_ text: String) throws(OutputError) {
    if let error = error(writing: text, to: STDOUT_FILENO), !error.isReaderGone { throw error }
  }

  /// Writes a text whole to standard output, for somebody who has to get it.
  static func deliver(_ text: String) throws(OutputError) {
    if let error = error(writing: text, to: STDOUT_FILENO) { throw error }
  }

  /// Writes a text whole to standard error; what cannot be written there has nobody to read it.
  static func note(_ text: String) { _ = error(writing: text, to: STDERR_FILENO) }

  private static func error(writing text: String, to file: Int32) -> OutputError? {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno == EAGAIN {
        // Somebody who shares the file has made it non-blocking.
        var ready = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
        _ = poll(&ready, 1, -1)
      } else if errno != EINTR {
        return OutputError(number: errno)
      }
    }
    return nil
  }

  /// Whether standard input is a terminal.
  static var isInputTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// Asks a question on a terminal.
  ///
  /// - Returns: whether the answer was yes; nil when there is no terminal to ask on.
  static func confirm(_ question: String) -> Bool? {
    guard isInputTerminal else { return nil }
    note("\(question) [y/N] ")
    return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
  }
}
