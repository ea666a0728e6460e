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

  /// Has nothing else take the number of a standard stream that this process was started without, such as the socket,
  /// which would then be written to.
  ///
  /// Like a file of the runtime's own, what stands in for it does not pass for inherited.
  static func occupyClosedStreams() {
    for file in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(file, F_GETFD) < 0 {
      // It gets the lowest number that is free.
      _ = open("/dev/null", O_RDWR | O_CLOEXEC)
    }
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
