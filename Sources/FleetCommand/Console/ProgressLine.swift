/// A line that shows a person that something is going on, and leaves nothing behind.
struct ProgressLine: Sendable {
  private let label: String
  private let console: Console
  private let frames: [Character]

  /// A line on the error stream; nil when nobody would see it.
  init?(_ label: String, on console: Console) {
    guard console.error.isTerminal, console.environment["TERM"] != "dumb" else { return nil }
    self.label = label
    self.console = console
    frames = Array(Style.hasUnicode(console.environment) ? "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏" : "|/-\\")
  }

  /// What the line shows after so long.
  func text(after elapsed: Duration) -> String {
    let seconds = elapsed.components.seconds
    let tenth = Int(elapsed / .milliseconds(100))
    return "\(frames[max(0, tenth) % frames.count]) \(label) \(DurationWords.full(seconds))"
  }

  /// Runs `work` with the line on show; without a line just runs it.
  static func showing<Value: Sendable>(
    _ line: ProgressLine?, while work: () async throws(CommandFailure) -> Value
  ) async throws(CommandFailure) -> Value {
    guard let line else { return try await work() }
    let drawing = Task { await line.draw() }
    let result: Result<Value, CommandFailure>
    do {
      result = .success(try await work())
    } catch {
      result = .failure(error)
    }
    drawing.cancel()
    if await drawing.value { line.console.error.write("\r\u{1B}[K") }
    return try result.get()
  }

  /// Draws until cancelled; returns whether anything was drawn. What is over at once is not worth a line.
  private func draw() async -> Bool {
    let start = console.clock.uptime()
    var hasDrawn = false
    while true {
      do {
        try await console.clock.pause(.milliseconds(hasDrawn ? 100 : 200))
      } catch {
        return hasDrawn
      }
      if Task.isCancelled { return hasDrawn }
      console.error.write("\r" + text(after: console.clock.uptime() - start) + "\u{1B}[K")
      hasDrawn = true
    }
  }
}
