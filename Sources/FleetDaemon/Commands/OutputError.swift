internal import Glibc

/// Standard output could not be written.
struct OutputError: Error, CustomStringConvertible {
  /// Whether it is a pipe whose reader went away, which may have had enough.
  let isReaderGone: Bool
  /// What happened, for people.
  let description: String

  /// The error of a failed write.
  init(number: Int32) {
    isReaderGone = number == EPIPE
    description = "cannot write the output: \(String(cString: strerror(number)))"
  }

  private init(isReaderGone: Bool, description: String) {
    self.isReaderGone = isReaderGone
    self.description = description
  }

  /// The same error, with what came of it.
  func adding(_ consequence: String) -> OutputError {
    OutputError(isReaderGone: isReaderGone, description: "\(description); \(consequence)")
  }
}
