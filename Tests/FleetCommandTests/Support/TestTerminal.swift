import FleetTestSupport
import NIOConcurrencyHelpers

@testable import FleetCommand

/// A terminal that the test looks at and types on.
final class TestTerminal: LiveTerminal {
  let events: AsyncStream<TerminalEvent>
  let keys: AsyncStream<TerminalKey>
  private let happening: AsyncStream<TerminalEvent>.Continuation
  private let typing: AsyncStream<TerminalKey>.Continuation
  /// Closed until it is given back, for one that takes nothing that is written.
  private let jam: Gate?
  private let screen: NIOLockedValueBox<TerminalScreen>
  private let sizes: NIOLockedValueBox<TerminalSize>
  private let log = NIOLockedValueBox<[String]>([])
  private let changes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

  init(columns: Int = 80, rows: Int = 10, isJammed: Bool = false) {
    (events, happening) = AsyncStream.makeStream()
    (keys, typing) = AsyncStream.makeStream()
    jam = isJammed ? Gate() : nil
    screen = NIOLockedValueBox(TerminalScreen(columns: columns, rows: rows))
    sizes = NIOLockedValueBox(TerminalSize(columns: columns, rows: rows))
  }

  /// What was done with it besides writing.
  var deeds: [String] { log.withLockedValue { $0 } }
  /// What it shows.
  var lines: [String] { screen.withLockedValue { $0.lines } }

  func type(_ keys: TerminalKey...) { for key in keys { typing.yield(key) } }
  func happen(_ event: TerminalEvent) { happening.yield(event) }

  func resize(columns: Int, rows: Int) {
    sizes.withLockedValue { $0 = TerminalSize(columns: columns, rows: rows) }
    screen.withLockedValue { $0 = TerminalScreen(columns: columns, rows: rows) }
    happening.yield(.resized)
  }

  /// Waits until it shows something, or something was done with it.
  func wait(until isThere: ([String]) -> Bool) async {
    if isThere(lines) { return }
    for await _ in changes.stream where isThere(lines) { return }
  }

  var size: TerminalSize { sizes.withLockedValue { $0 } }
  func take() throws(CommandFailure) { note("take") }
  func suspend() async { note("suspend") }
  func giveBack() {
    note("give back")
    jam?.open()
  }

  func yield(to signal: TerminalEvent.Ending) {
    note("yield to \(signal)")
    jam?.open()
  }

  func write(_ text: String) async -> OutputStream.Writing {
    if let jam {
      note("write")
      await jam.passage()
      return .unwanted
    }
    screen.withLockedValue { $0.feed(Array(text.utf8)) }
    changes.continuation.yield()
    return .done
  }

  private func note(_ deed: String) {
    log.withLockedValue { $0.append(deed) }
    changes.continuation.yield()
  }
}
