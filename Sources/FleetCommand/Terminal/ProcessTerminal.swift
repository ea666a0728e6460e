@preconcurrency internal import Dispatch
internal import Glibc
internal import NIOConcurrencyHelpers

/// The terminal of this process.
final class ProcessTerminal: LiveTerminal {
  private struct Screen {
    /// Whether another screen than that of the shell may be shown.
    var isTaken = false
    /// Whether one is to be shown with what is written next.
    var isWanted = false
  }

  let events: AsyncStream<TerminalEvent>
  let keys: AsyncStream<TerminalKey>
  private let outputFile: Int32
  private let keysFile: Int32
  private let environment: [String: String]
  private let mode: RawMode
  private let screenFile: ScreenFile
  private let writer: ScreenWriter
  private let signals: SignalPipe
  private let sources: [any DispatchSourceRead]
  private let screen = NIOLockedValueBox(Screen())

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
  init(outputFile: Int32, keysFile: Int32, environment: [String: String]) throws(CommandFailure) {
    self.outputFile = outputFile
    self.keysFile = keysFile
    self.environment = environment
    mode = RawMode(keysFile)
    let signals = try SignalPipe([SIGCONT, SIGTSTP, SIGWINCH])
    self.signals = signals
    screenFile = ScreenFile(outputFile)
    writer = ScreenWriter(screenFile)
    let (events, happening) = AsyncStream.makeStream(of: TerminalEvent.self)
    let (keys, typing) = AsyncStream.makeStream(of: TerminalKey.self, bufferingPolicy: .bufferingOldest(1_024))
    (self.events, self.keys) = (events, keys)
    let queue = DispatchQueue(label: "codex-fleet.terminal")
    let input = DispatchSource.makeReadSource(fileDescriptor: keysFile, queue: queue)
    let decoder = NIOLockedValueBox(KeyDecoder())
    input.setEventHandler { [input] in
      guard let bytes = Self.read(keysFile) else {
        // What another job's terminal refuses now, it may give later.
        guard RawMode.isOwn(keysFile) else { return }
        input.cancel()
        happening.yield(.closed)
        return
      }
      for key in decoder.withLockedValue({ $0.keys(in: bytes) }) { typing.yield(key) }
    }
    let numbers = DispatchSource.makeReadSource(fileDescriptor: signals.output, queue: queue)
    numbers.setEventHandler {
      for number in Self.read(signals.output) ?? [] {
        if let event = Self.event(of: Int32(number)) { happening.yield(event) }
      }
    }
    sources = [input, numbers]
    for source in sources { source.resume() }
  }

  var size: TerminalSize { TerminalSize(of: outputFile, environment) ?? TerminalSize(columns: 80, rows: 24) }

  func take() throws(CommandFailure) {
    if !RawMode.isOwn(keysFile) {
      // There is nothing to give back, and who is stopped here has to end of a signal without going on.
      for number in Self.endings.keys { SignalPipe.letGo(number) }
    }
    try mode.enter { before in
      TerminalRescue.arm(keysFile, settings: before, screen: screenFile, farewell: Self.giveScreenBack)
    }
    for number in Self.endings.keys { signals.holdOnce(number) }
    screen.withLockedValue { $0.isWanted = true }
  }

  func write(_ text: String) async -> OutputStream.Writing {
    await writer.write { [screen] in
      screen.withLockedValue { screen in
        guard screen.isWanted else { return screen.isTaken ? text : nil }
        screen = Screen(isTaken: true, isWanted: false)
        return Self.takeScreen + text
      }
    }
  }

  func suspend() async {
    guard !SignalPipe.isIgnored(SIGTSTP) else { return }
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

  deinit {
    giveBack()
    screenFile.close()
  }

  private func leave() {
    let hadScreen = screen.withLockedValue { screen in
      defer { screen = Screen() }
      return screen.isTaken
    }
    if hadScreen { writer.writeLast(Self.giveScreenBack) }
    mode.leave()
    TerminalRescue.disarm()
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
