/// Lines that show a person that something is going on, and leave nothing behind.
struct ProgressBlock: Sendable {
  private let console: Console
  private let content: @Sendable (_ elapsed: Duration, _ style: Style) -> [StyledText]
  private let style: Style

  /// Lines on the error stream; nil when nobody would see them.
  ///
  /// - Parameter content: what to show after so long; at least one line.
  init?(
    on console: Console, allowsColor: Bool,
    content: @escaping @Sendable (_ elapsed: Duration, _ style: Style) -> [StyledText]
  ) {
    guard console.error.isTerminal, console.environment["TERM"] != "dumb" else { return nil }
    self.console = console
    self.content = content
    style = Style(of: console.error, environment: console.environment, allowsColor: allowsColor)
  }

  /// Runs `work` with the block on show; without a block just runs it.
  static func showing<Value: Sendable>(
    _ block: ProgressBlock?, while work: () async throws(CommandFailure) -> Value
  ) async throws(CommandFailure) -> Value {
    guard let block else { return try await work() }
    let drawing = Task { await block.draw() }
    let result: Result<Value, CommandFailure>
    do {
      result = .success(try await work())
    } catch {
      result = .failure(error)
    }
    drawing.cancel()
    let height = await drawing.value
    if height > 0 { block.console.error.write(Self.top(of: height) + (height > 1 ? "\u{1B}[J" : "\u{1B}[K")) }
    return try result.get()
  }

  /// Draws until cancelled; returns how many lines there are now. What is over at once is not worth a line.
  private func draw() async -> Int {
    let start = console.clock.uptime()
    var height = 0
    while true {
      do {
        try await console.clock.pause(.milliseconds(height > 0 ? 100 : 200))
      } catch {
        return height
      }
      if Task.isCancelled { return height }
      let lines = lines(after: console.clock.uptime() - start)
      let rest = lines.count < height ? "\u{1B}[J" : ""
      console.error.write(Self.top(of: height) + lines.joined(separator: "\u{1B}[K\r\n") + "\u{1B}[K" + rest)
      height = lines.count
    }
  }

  /// The lines, none so long that it would take two.
  private func lines(after elapsed: Duration) -> [String] {
    content(elapsed, style).map { line in
      let columns = style.columns ?? 80
      return line.truncated(to: columns - 1, ellipsis: style.ellipsis).rendered(usesColor: style.usesColor)
    }
  }

  /// Goes to the first of so many lines from the last one.
  private static func top(of height: Int) -> String { height > 1 ? "\r\u{1B}[\(height - 1)A" : "\r" }
}

extension Style {
  /// A sign that turns as time goes by.
  func spinner(after elapsed: Duration) -> Character {
    let frames = Array(usesUnicode ? "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏" : "|/-\\")
    return frames[max(0, Int(elapsed / .milliseconds(100))) % frames.count]
  }
}
