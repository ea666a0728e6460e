internal import Glibc

/// A file that holds an API key and nothing else.
struct TokenFile {
  /// How many bytes the file may have; keys are far shorter.
  static let maximumLength = 4_096

  let path: String

  /// The key; nil when there is no such file.
  func token() throws(CommandFailure) -> Token? {
    let source = "the token file \(PrintableText.of(path))"
    // A NUL would silently end the path before its end.
    guard !path.utf8.contains(0) else { throw CommandFailure(.unauthorized, "\(source) has a NUL in its path") }
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw CommandFailure(.unauthorized, "cannot read \(source): \(String(cString: strerror(errno)))")
    }
    defer { close(file) }
    switch FileContents.read(file, limit: Self.maximumLength) {
    case .whole(let bytes):
      guard let text = String(validating: ByteOrderMark.skipped(in: bytes), as: UTF8.self) else {
        throw CommandFailure(.unauthorized, "no API key in \(source): it is not text in UTF-8")
      }
      let key = try TokenLookup.key(in: text, from: source)
      return Token(value: key, source: source, warning: Self.warning(about: file, path: path))
    case .tooLong:
      throw CommandFailure(.unauthorized, "no API key in \(source): it has more than \(Self.maximumLength) bytes")
    case .failed(let reason):
      throw CommandFailure(.unauthorized, "cannot read \(source): \(reason)")
    }
  }

  /// What to say about the file's mode; pipes and devices have none that matters.
  ///
  /// That its group may read it is in order: it is how several users, or a service and its administrator, share a key.
  private static func warning(about file: Int32, path: String) -> String? {
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & S_IROTH != 0 else {
      return nil
    }
    let path = PrintableText.of(path)
    return "every user of this machine can read the token file \(path); close it with: chmod o= \(path)"
  }
}
