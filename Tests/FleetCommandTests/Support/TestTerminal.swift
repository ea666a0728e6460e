import FleetTestSupport
import NIOConcurrencyHelpers

@testable import FleetCommand

/// A terminal that the test looks at and types on.
final class TestTerminal: LiveTerminal {
  let events: AsyncStream<TerminalEvent>
  private let continuation: AsyncStream<TerminalEvent>.Continuation
  private let screen: NIOLockedValueBox<TerminalScreen>
  private let sizes: NIOLockedValueBox<TerminalSize>
  private let log = NIOLockedValueBox<[String]>([])
  private let changes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

  init(columns: Int = 80, rows: Int = 10) {
    (events, continuation) = AsyncStream.makeStream()
    screen = NIOLockedValueBox(TerminalScreen(columns: columns, rows: rows))
    sizes = NIOLockedValueBox(TerminalSize(columns: columns, rows: rows))
  }

  /// What was done with it besides writing.
  var deeds: [String] { log.withLockedValue { $0 } }
  /// What it shows.
  var lines: [String] { screen.withLockedValue { $0.lines } }

  func type(_ keys: TerminalKey...) { for key in keys { continuation.yield(.key(key)) } }
  func happen(_ event: TerminalEvent) { continuation.yield(event) }

  func resize(columns: Int, rows: Int) {
    sizes.withLockedValue { $0 = TerminalSize(columns: columns, rows: rows) }
    screen.withLockedValue { $0 = TerminalScreen(columns: columns, rows: rows) }
    continuation.yield(.resized)
  }

  /// Waits until it shows something.
  func wait(until isThere: ([String]) -> Bool) async {
    if isThere(lines) { return }
    for await _ in changes.stream where isThere(lines) { return }
  }

  var size: TerminalSize { sizes.withLockedValue { $0 } }
  func take() throws(CommandFailure) { note("take") }
  func suspend() async { note("suspend") }
  func giveBack() { note("give back") }
  func yield(to signal: TerminalEvent.Ending) { note("yield to \(signal)") }

  func write(_ text: String) -> OutputStream.Writing {
    screen.withLockedValue { $0.feed(Array(text.utf8)) }
    changes.continuation.yield()
    return .done
  }

  private func note(_ deed: String) {
    log.withLockedValue { $0.append(deed) }
    changes.continuation.yield()
  }
}
