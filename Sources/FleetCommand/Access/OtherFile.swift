internal import Glibc

/// A file that is mistaken for the daemon's socket.
enum OtherFile {
  /// Whether something else than a socket stands at a path.
  static func stands(at path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFSOCK
  }
}
