internal import Glibc

/// How log lines are written here and now.
enum LogStyle: Hashable, Sendable {
  case text(usesColor: Bool)
  case journal
  case json

  /// What a format means on a process's standard error.
  init(_ format: LogFormat, environment: [String: String], file: Int32 = STDERR_FILENO) {
    switch format {
    case .journal: self = .journal
    case .json: self = .json
    case .auto where Self.isJournal(file, environment): self = .journal
    case .auto, .text:
      let isColorless = environment["TERM"] == "dumb" || environment["NO_COLOR"].map { !$0.isEmpty } ?? false
      self = .text(usesColor: isatty(file) == 1 && !isColorless)
    }
  }

  /// Whether a file is the stream that systemd connected to the journal, which it names by device and inode.
  private static func isJournal(_ file: Int32, _ environment: [String: String]) -> Bool {
    var status = stat()
    guard let stream = environment["JOURNAL_STREAM"], fstat(file, &status) == 0 else { return false }
    return stream == "\(status.st_dev):\(status.st_ino)"
  }
}
