import NIOConcurrencyHelpers

@testable import FleetCommand

/// A console that keeps what is written to it.
final class TestConsole: Sendable {
  /// 2026-11-24T12:00:00Z.
  static let now: Int64 = 1_795_521_600

  let console: Console
  private let outputs: NIOLockedValueBox<String>
  private let errors: NIOLockedValueBox<String>

  /// What was written to standard output.
  var output: String { outputs.withLockedValue { $0 } }
  /// What was written to standard error.
  var error: String { errors.withLockedValue { $0 } }

  /// Makes a console.
  ///
  /// - Parameters:
  ///   - columns: the terminal's width; nil for no terminal.
  ///   - pause: for what is waited for on purpose, never as long as an answer may take.
  ///   - limit: for the time that an answer may take; it never passes unless told.
  ///   - onError: called after every writing to standard error.
  init(
    columns: Int? = nil, rows: Int? = nil, showsErrors: Bool = false, environment: [String: String] = [:],
    input: String = "", terminal: TestTerminal? = nil,
    uptime: @escaping @Sendable () -> Duration = { .zero },
    pause: @escaping @Sendable (Duration) async throws -> Void = { _ in throw CancellationError() },
    limit: @escaping @Sendable (Duration) async throws -> Void = { _ in
      await Gate().passage()
      throw CancellationError()
    },
    hasReader: @escaping @Sendable () -> Bool = { true }, writing: OutputStream.Writing = .done,
    onError: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    let (outputs, errors) = (NIOLockedValueBox(""), NIOLockedValueBox(""))
    (self.outputs, self.errors) = (outputs, errors)
    console = Console(
      output: OutputStream(isTerminal: columns != nil, columns: columns, rows: rows, reader: hasReader) { text in
        outputs.withLockedValue { $0 += text }
        return writing
      },
      error: OutputStream(isTerminal: showsErrors, columns: columns, rows: rows) { text in
        errors.withLockedValue { $0 += text }
        onError(text)
        return .done
      },
      environment: environment,
      clock: ConsoleClock(
        now: { TestConsole.now }, uptime: uptime,
        pause: { try await ($0 < TimeLimit.health ? pause : limit)($0) }),
      input: { () throws(CommandFailure) in Array(input.utf8) },
      openTerminal: { () throws(CommandFailure) in
        guard let terminal else { throw CommandFailure(.usage, "there is no terminal in this test") }
        return terminal
      })
  }

  /// Runs a command line.
  func run(_ arguments: String...) async -> CommandStatus { await ClientProgram.run(arguments, in: console) }
}

extension [String: String] {
  /// An environment that has a key, and the socket of a daemon.
  static func with(_ daemon: CannedDaemon, _ others: [String: String] = [:]) -> [String: String] {
    ["CODEX_FLEET_SOCKET": daemon.path, "CODEX_FLEET_TOKEN": "sk-test"].merging(others) { $1 }
  }
}
