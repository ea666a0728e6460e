internal import Glibc

/// How much a terminal shows at a time.
struct TerminalSize: Sendable, Equatable {
  var columns: Int
  var rows: Int
}

extension TerminalSize {
  /// Asks a terminal, and the environment where it does not know; nil when nobody does.
  init?(of file: Int32, _ environment: [String: String]) {
    var size = winsize()
    _ = ioctl(file, UInt(TIOCGWINSZ), &size)
    func number(_ known: UInt16, _ variable: String) -> Int? {
      if known > 0 { return Int(known) }
      return environment[variable].flatMap { Int($0) }.flatMap { (1...10_000).contains($0) ? $0 : nil }
    }
    guard let columns = number(size.ws_col, "COLUMNS") else { return nil }
    self.init(columns: columns, rows: number(size.ws_row, "LINES") ?? 24)
  }
}
