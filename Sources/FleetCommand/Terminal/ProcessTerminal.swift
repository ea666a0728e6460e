@preconcurrency internal import Dispatch
internal import Glibc
internal import NIOConcurrencyHelpers

/// The terminal of this process.
final class ProcessTerminal: LiveTerminal {
  let events: AsyncStream<TerminalEvent>
  private let output: OutputStream
  private let outputFile: Int32
  private let environment: [String: String]
  private let mode: RawMode
  private let signals: SignalPipe
  private let sources: [any DispatchSourceRead]
  private let hasScreen = NIOLockedValueBox(false)

  /// Another screen than that of the shell, without cursor, with lines that end where the screen does.
  private static let takeScreen = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l"
  private static let giveScreenBack = "\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"
  private static let endings: [Int32: TerminalEvent.Ending] = [
    SIGHUP: .hangUp, SIGINT: .interrupt, SIGQUIT: .quit, SIGTERM: .terminate,
  ]

  /// Opens the terminal; nothing is changed yet.
  ///
  /// - Parameters:
  ///   - outputFile: the terminal to draw on.
  ///   - keysFile: the terminal whose keys are read.
  init(
    output: OutputStream, outputFile: Int32, keysFile: Int32, environment: [String: String]
  ) throws(CommandFailure) {
    self.output = output
    self.outputFile = outputFile
    self.environment = environment
    mode = RawMode(keysFile)
    let signals = try SignalPipe(
      lasting: [SIGCONT, SIGTSTP, SIGWINCH], once: Self.endings.keys.map(\.self))
    self.signals = signals
    // Whoever types faster than anybody reads loses keys.
    let (events, continuation) = AsyncStream.makeStream(
      of: TerminalEvent.self, bufferingPolicy: .bufferingOldest(1_024))
    self.events = events
    let queue = DispatchQueue(label: "codex-fleet.terminal")
    let keys = DispatchSource.makeReadSource(fileDescriptor: keysFile, queue: queue)
    let decoder = NIOLockedValueBox(KeyDecoder())
    keys.setEventHandler { [keys] in
      guard let bytes = Self.read(keysFile) else {
        keys.cancel()
        continuation.yield(.closed)
        return
      }
      for key in decoder.withLockedValue({ $0.keys(in: bytes) }) { continuation.yield(.key(key)) }
    }
    let numbers = DispatchSource.makeReadSource(fileDescriptor: signals.output, queue: queue)
    numbers.setEventHandler {
      for number in Self.read(signals.output) ?? [] {
        if let event = Self.event(of: Int32(number)) { continuation.yield(event) }
      }
    }
    sources = [keys, numbers]
    for source in sources { source.resume() }
  }

  var size: TerminalSize {
    TerminalSize(of: outputFile, environment) ?? TerminalSize(columns: output.columns ?? 80, rows: output.rows ?? 24)
  }

  func take() throws(CommandFailure) {
    try mode.enter()
    hasScreen.withLockedValue { $0 = true }
    output.write(Self.takeScreen)
  }

  func write(_ text: String) -> OutputStream.Writing { output.write(text) }

  func suspend() async {
    leave()
    SignalPipe.letGo(SIGTSTP)
    // The whole job stops, as it does when the terminal itself is asked to stop it.
    kill(0, SIGTSTP)
    // The stop may come a moment later, and never does where no shell would continue the job.
    try? await Task.sleep(for: .milliseconds(100), clock: .continuous)
    signals.hold(SIGTSTP)
  }

  func giveBack() {
    leave()
    for source in sources { source.cancel() }
    signals.close()
  }

  func yield(to signal: TerminalEvent.Ending) {
    giveBack()
    if let number = Self.endings.first(where: { $0.value == signal })?.key { SignalPipe.die(of: number) }
  }

  deinit { giveBack() }

  private func leave() {
    let hadScreen = hasScreen.withLockedValue { hasScreen in
      defer { hasScreen = false }
      return hasScreen
    }
    if hadScreen { output.write(Self.giveScreenBack) }
    mode.leave()
  }

  private static func event(of signal: Int32) -> TerminalEvent? {
    switch signal {
    case SIGCONT: .continued
    case SIGTSTP: .suspensionAsked
    case SIGWINCH: .resized
    default: endings[signal].map { .ending($0) }
    }
  }

  /// What can be read at once; nil when nothing ever can.
  private static func read(_ file: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = Glibc.read(file, &bytes, bytes.count)
    if count < 0 && (errno == EAGAIN || errno == EINTR) { return [] }
    return count > 0 ? Array(bytes[..<count]) : nil
  }
}
