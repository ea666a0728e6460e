internal import Glibc

extension Console {
  /// The surroundings of this process.
  static var process: Console {
    let environment = processEnvironment
    return Console(
      output: OutputStream(file: STDOUT_FILENO, environment: environment),
      error: OutputStream(file: STDERR_FILENO, environment: environment),
      environment: environment, clock: .system, input: readStandardInput, openTerminal: openTerminal)
  }

  /// Gets hold of the terminal that standard output is, with the keys of the one that standard input is.
  @Sendable
  private static func openTerminal() throws(CommandFailure) -> any LiveTerminal {
    var keys = STDIN_FILENO
    if isatty(keys) != 1 { keys = open("/dev/tty", O_RDWR | O_CLOEXEC) }
    guard keys >= 0 else { throw CommandFailure(.usage, "there is no terminal to read keys from") }
    return try ProcessTerminal(outputFile: STDOUT_FILENO, keysFile: keys, environment: processEnvironment)
  }

  /// The variables that commands ask for.
  private static var processEnvironment: [String: String] {
    let names = [
      "CODEX_FLEET_SOCKET", "CODEX_FLEET_TOKEN", "COLUMNS", "CREDENTIALS_DIRECTORY", "HOME", "LANG", "LC_ALL",
      "LC_CTYPE",
      "LINES", "NO_COLOR", "RUNTIME_DIRECTORY", "TERM", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR",
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
  /// A stream of this process; one that was closed at the start takes nothing.
  init(file: Int32, environment: [String: String]) {
    guard FileContents.isInherited(file) else {
      self.init(isTerminal: false, columns: nil) { _ in .failed("it is closed") }
      return
    }
    let isTerminal = isatty(file) == 1
    let size = isTerminal ? TerminalSize(of: file, environment) : nil
    let reader: @Sendable () -> Bool = {
      // A pipe without a reader shows as an error, a socket or terminal without one as a hang-up; neither is asked for.
      var state = pollfd(fd: file, events: 0, revents: 0)
      return poll(&state, 1, 0) <= 0 || state.revents & Int16(POLLERR | POLLHUP) == 0
    }
    self.init(isTerminal: isTerminal, columns: size?.columns, rows: size?.rows, reader: reader) { text in
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        if written >= 0 {
          rest = rest.dropFirst(written)
        } else if errno == EAGAIN {
          var ready = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
          poll(&ready, 1, -1)
        } else if errno == EPIPE {
          return .unwanted
        } else if errno != EINTR {
          return .failed(String(cString: strerror(errno)))
        }
      }
      return .done
    }
  }
}
