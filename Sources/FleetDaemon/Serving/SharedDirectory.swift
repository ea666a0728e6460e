internal import Glibc

/// The directory that a file lies in, as far as other users may put another file in its place.
enum SharedDirectory {
  /// What is wrong with the directory of a path, and the cure; nil when nothing is, or there is none yet.
  static func fault(around path: String) -> String? {
    let slash = path.lastIndex(of: "/")
    let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    var status = stat()
    // In a sticky one nobody may take away what another user's is.
    guard stat(directory, &status) == 0, status.st_mode & S_IWOTH != 0, status.st_mode & S_ISVTX == 0 else {
      return nil
    }
    return "every user may replace \(path), for the directory \(directory) may be written by others; "
      + "run: chmod o-w '\(directory)'"
  }
}
