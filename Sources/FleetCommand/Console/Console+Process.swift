internal import Glibc

extension Console {
  /// The surroundings of this process.
  static var process: Console {
    let environment = processEnvironment
    return Console(
      output: OutputStream(file: STDOUT_FILENO, environment: environment),
      error: OutputStream(file: STDERR_FILENO, environment: environment),
      environment: environment, clock: .system, input: readStandardInput)
  }

  /// The variables that commands ask for.
  private static var processEnvironment: [String: String] {
    let names = [
      "CODEX_FLEET_SOCKET", "CODEX_FLEET_TOKEN", "COLUMNS", "CREDENTIALS_DIRECTORY", "LANG", "LC_ALL", "LC_CTYPE",
      "NO_COLOR", "RUNTIME_DIRECTORY", "TERM", "XDG_RUNTIME_DIR",
    ]
    return names.reduce(into: [:]) { variables, name in
      if let value = getenv(name) { variables[name] = String(cString: value) }
    }
  }

  @Sendable
  private static func readStandardInput() throws(CommandFailure) -> [UInt8] {
    guard FileContents.isInherited(STDIN_FILENO) else { return [] }
    // The daemon takes no longer line; reading on would only fill the memory.
    let limit = 1 << 20
    switch FileContents.read(STDIN_FILENO, limit: limit) {
    case .whole(let bytes): return bytes
    case .tooLong: throw CommandFailure(.usage, "standard input has more than \(limit) bytes")
    case .failed(let reason): throw CommandFailure(.usage, "cannot read standard input: \(reason)")
    }
  }
}

extension ConsoleClock {
  /// The machine's clocks.
  static var system: ConsoleClock {
    let start = ContinuousClock.now
    return ConsoleClock(
      now: { Int64(time(nil)) }, uptime: { ContinuousClock.now - start },
      pause: { duration in try await Task.sleep(for: duration, clock: .continuous) })
  }
}

extension OutputStream {
  /// A stream of this process; what is written to a closed one is dropped.
  init(file: Int32, environment: [String: String]) {
    guard FileContents.isInherited(file) else {
      self.init(isTerminal: false, columns: nil) { _ in .done }
      return
    }
    let isTerminal = isatty(file) == 1
    self.init(isTerminal: isTerminal, columns: isTerminal ? Self.columns(of: file, environment) : nil) { text in
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        if written >= 0 {
          rest = rest.dropFirst(written)
        } else if errno == EAGAIN {
          var ready = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
          poll(&ready, 1, -1)
        } else if errno == EPIPE {
          return .done
        } else if errno != EINTR {
          return .failed(String(cString: strerror(errno)))
        }
      }
      return .done
    }
  }

  private static func columns(of file: Int32, _ environment: [String: String]) -> Int? {
    var size = winsize()
    if ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    guard let columns = environment["COLUMNS"].flatMap({ Int($0) }), (1...10_000).contains(columns) else { return nil }
    return columns
  }
}
