internal import Glibc

/// A file or directory that cannot be written.
struct OutputError: Error, CustomStringConvertible {
  let description: String

  init(_ path: String) { description = "cannot write \(path): \(String(cString: strerror(errno)))" }
}

/// Writes files that nobody ever sees half-written.
enum OutputFile {
  /// Writes a file that only its owner may read, beside its place first, then moves it there.
  static func write(_ text: String, to path: String) throws {
    let draft = "\(path).\(getpid()).new"
    let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw OutputError(draft) }
    let isWritten = writeAll(Array(text.utf8), to: file)
    guard close(file) == 0, isWritten, rename(draft, path) == 0 else {
      let error = OutputError(path)
      unlink(draft)
      throw error
    }
  }

  /// Shows what was printed even when the output is a pipe.
  static func flushStandardOutput() { fflush(nil) }

  private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}

/// A directory for its owner alone, made if it is not there.
struct OutputDirectory {
  private let path: String

  init(_ path: String) throws {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw OutputError(path) }
    self.path = path
  }

  func write(_ text: String, to name: String) throws { try OutputFile.write(text, to: "\(path)/\(name)") }
}
