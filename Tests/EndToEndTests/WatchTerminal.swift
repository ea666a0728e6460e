@preconcurrency import Dispatch
import FleetTestSupport
import Foundation
import NIOConcurrencyHelpers
import Subprocess
import SystemPackage

/// A terminal with a program on it, and the person before it.
final class WatchTerminal: Sendable {
  private let terminal: PseudoTerminal
  private let screen: NIOLockedValueBox<TerminalScreen>
  private let changes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  private let source: any DispatchSourceRead
  private let identifier: Int32
  private let end: Task<Int32, Never>

  /// Starts a program as the leader of a session whose terminal this is.
  init(
    _ program: String, _ arguments: [String], environment: [String: String], columns: Int = 80, rows: Int = 24
  ) async throws {
    let terminal = try PseudoTerminal(columns: columns, rows: rows)
    let screen = NIOLockedValueBox(TerminalScreen(columns: columns, rows: rows))
    (self.terminal, self.screen) = (terminal, screen)
    let source = DispatchSource.makeReadSource(fileDescriptor: terminal.person, queue: .global())
    self.source = source
    source.setEventHandler { [changes] in
      var bytes = [UInt8](repeating: 0, count: 65_536)
      let count = read(terminal.person, &bytes, bytes.count)
      guard count > 0 else { return source.cancel() }
      screen.withLockedValue { $0.feed(Array(bytes[..<count])) }
      changes.continuation.yield()
    }
    source.resume()
    let (starts, start) = AsyncThrowingStream.makeStream(of: Int32.self)
    let values = BuiltProducts.instrumentation.merging(["TERM": "xterm", "LANG": "C.UTF-8"]) { $1 }
      .merging(environment) { $1 }
    let variables = Dictionary(uniqueKeysWithValues: values.map { (Environment.Key(stringLiteral: $0), $1) })
    end = Task {
      var options = PlatformOptions()
      options.createSession = true
      // The first terminal that a session's leader opens becomes the session's own.
      let takeTerminal = #"ulimit -c 0; exec "$@" <"$0" >"$0" 2>&1"#
      do {
        let result = try await Subprocess.run(
          .path("/bin/sh"), arguments: Arguments(["-c", takeTerminal, terminal.name, program] + arguments),
          environment: .custom(variables), platformOptions: options, input: .none, output: .discarded,
          error: .discarded
        ) { execution in
          start.yield(execution.processIdentifier.value)
        }
        switch result.terminationStatus {
        case .exited(let status): return status
        case .signaled(let number): return 128 + number
        }
      } catch {
        start.finish(throwing: error)
        return -1
      }
    }
    var started = starts.makeAsyncIterator()
    guard let identifier = try await started.next() else { throw CancellationError() }
    self.identifier = identifier
  }

  deinit {
    source.cancel()
    kill(identifier, SIGKILL)
  }

  /// What it shows now.
  var shown: TerminalScreen { screen.withLockedValue { $0 } }

  /// Whether what is typed is echoed and handed over in lines, as it is for a program that takes nothing for itself.
  var isCooked: Bool { terminal.isCooked }

  /// Types, or pastes, a text.
  func type(_ text: String) { terminal.type(text) }

  /// Looks away until programs can write nothing more, which they are had to do by a key again and again.
  ///
  /// - Important: `look()` has to follow.
  func lookAway(pressing key: String) async {
    source.suspend()
    await until {
      if terminal.unreadKeys == 0 { terminal.type(key) }
      return terminal.isFull
    }
  }

  /// Looks again.
  func look() { source.resume() }

  /// Makes the window larger or smaller; what it shows is gone.
  func resize(columns: Int, rows: Int) {
    screen.withLockedValue { $0.resize(columns: columns, rows: rows) }
    terminal.resize(columns: columns, rows: rows)
  }

  /// Sends the program a signal.
  func signal(_ number: Int32) { kill(identifier, number) }

  /// Waits until it shows something; false when the waiting task was cancelled, as at the suite's time limit.
  func wait(until isThere: (TerminalScreen) -> Bool) async -> Bool {
    if isThere(shown) { return true }
    for await _ in changes.stream where isThere(shown) { return true }
    return false
  }

  /// Waits until a text is shown.
  func wait(for text: String) async -> Bool { await wait { $0.text.contains(text) } }

  /// Waits for the program's end: its exit status, 128 and the signal's number after a death by signal.
  func waitForEnd() async -> Int32 {
    await withTaskCancellationHandler {
      await end.value
    } onCancel: {
      kill(identifier, SIGKILL)
    }
  }
}

extension WatchTerminal: CustomStringConvertible {
  /// What it shows.
  var description: String { shown.text }
}
