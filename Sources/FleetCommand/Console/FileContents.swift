internal import Glibc

/// What reading a file to its end gave.
enum FileContents {
  case whole([UInt8])
  /// It has more bytes than allowed.
  case tooLong
  /// It could not be read, for a reason in words.
  case failed(String)

  /// Whether a standard stream is the one this process was started with.
  ///
  /// Where it was started with a closed one, the runtime's own files have taken the number, before any line of the
  /// program was run; unlike what is inherited they are marked to be closed at the next start of a program.
  static func isInherited(_ file: Int32) -> Bool {
    let flags = fcntl(file, F_GETFD)
    return flags >= 0 && flags & FD_CLOEXEC == 0
  }

  /// Reads an open file to its end, at most `limit` bytes.
  static func read(_ file: Int32, limit: Int) -> FileContents {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = Glibc.read(file, &chunk, chunk.count)
      if count < 0 {
        if errno == EINTR { continue }
        return .failed(String(cString: strerror(errno)))
      }
      if count == 0 { return .whole(bytes) }
      bytes.append(contentsOf: chunk[..<count])
      if bytes.count > limit { return .tooLong }
    }
  }
}
