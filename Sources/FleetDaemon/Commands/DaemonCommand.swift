public import ArgumentParser
internal import CMalloc
internal import Dispatch
internal import FleetSocket
internal import Glibc

/// The command line of `codex-fleetd`.
public struct DaemonCommand: AsyncParsableCommand {
  /// The command's name, help and subcommands; without one of these it serves.
  public static let configuration = CommandConfiguration(
    commandName: "codex-fleetd",
    abstract: "Tells programs on this machine how much quota is left on a fleet of Codex accounts.",
    discussion: """
      Without a subcommand it serves: it answers fleet.summary and fleet.refresh on a Unix socket until it is told to \
      stop. The other subcommands work on the store's file, also while the daemon serves it.

      Every setting can be given as a flag, as an environment variable (--refresh-interval is \
      CODEX_FLEETD_REFRESH_INTERVAL) and in the configuration file (refresh-interval: 60); flags come first, the file \
      last. --print-config shows what they have come to.
      """,
    version: "codex-fleetd \(ProductVersion.current)",
    subcommands: [
      ServeCommand.self, InitCommand.self, KeyCommand.self, AccountCommand.self, SettingsCommand.self,
      CheckCommand.self,
    ],
    defaultSubcommand: ServeCommand.self)

  /// Makes the command.
  public init() {}

  /// Runs the command line of this process and exits: 0 when all went well, 1 when it did not, 2 for wrong usage.
  public static func start() -> Never {
    // The C library gives every thread a heap of its own, and each keeps what it once needed: with 16 of them three
    // quarters of the memory would lie idle after an hour. There is not enough to do for threads to be in each other's way.
    cmalloc_limit_arenas(2)
    // Else the first file that is opened would take the place of a stream that is closed, and be written to as such. What
    // takes the place cannot be written to, so that output nobody gets is not taken for written.
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 {
      _ = open("/dev/null", O_RDONLY)
    }
    // A reader that went away shows as an error of the write, not as a signal.
    signal(SIGPIPE, SIG_IGN)
    // Else the concurrency library tells the system's log, for everybody but root, that its threads got no priority. It
    // asks before its first thread runs, which is why this is not asynchronous.
    setenv("LIBDISPATCH_LOG", "NO", 0)
    Task { await runToItsEnd() }
    dispatchMain()
  }

  private static func runToItsEnd() async -> Never {
    do {
      try CommandLineWords.requireText()
      try CommandLineWords.requireKnownCommand(CommandLine.arguments.dropFirst())
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      Glibc.exit(EXIT_SUCCESS)
    } catch {
      Glibc.exit(await end(with: error))
    }
  }

  /// Says what ended the command, which may also be a wish for help.
  ///
  /// - Returns: the exit status.
  private static func end(with error: any Error) async -> Int32 {
    let status = status(for: error)
    let message = fullMessage(for: error)
    guard !message.isEmpty else { return status }
    if status == EXIT_SUCCESS {
      do throws(OutputError) {
        try StandardStream.write(message + "\n")
      } catch {
        return await end(with: error)
      }
    } else {
      await complain(message)
    }
    return status
  }

  private static func status(for error: any Error) -> Int32 {
    if let error = error as? ConfigurationError, error.isWrongUsage { return 2 }
    let code = exitCode(for: error)
    return code == .validationFailure ? 2 : code.rawValue
  }

  /// Writes the last words; in systemd's journal they stand among the errors.
  private static func complain(_ message: String) async {
    let isJournal = LogStyle(.auto, environment: ProcessEnvironment.variables) == .journal
    let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
    let words = lines.map { (isJournal ? "<3>" : "") + $0 + "\n" }.joined()
    // Nobody may be there to read them, and the process has to end all the same.
    let stream = LogStream(STDERR_FILENO) { _ in [] }
    stream.write(Array(words.utf8))
    await stream.flush(within: LogStream.lastWait)
  }
}
