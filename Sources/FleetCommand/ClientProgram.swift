internal import ArgumentParser
internal import Dispatch
internal import Glibc

/// The program `codex-fleet`.
public enum ClientProgram {
  /// Runs the command line of this process and exits with its status.
  ///
  /// The status is 0 when all went well, 1 when the call failed, 2 for wrong usage, 3 when the daemon cannot be
  /// reached, 4 when the API key is missing or not accepted, 5 when some accounts failed to refresh or
  /// cannot be seen.
  public static func start() -> Never {
    FileContents.occupyClosedStreams()
    // A reader that went away shows as an error of the write, not as a signal.
    signal(SIGPIPE, SIG_IGN)
    // Else the concurrency library tells the system's log, for everybody but root, that its threads got no priority. It
    // asks before its first thread runs, which is why this is not asynchronous.
    setenv("LIBDISPATCH_LOG", "NO", 0)
    Task {
      let status = await run(Array(CommandLine.arguments.dropFirst()), in: .process)
      Glibc.exit(status.rawValue)
    }
    dispatchMain()
  }

  /// Runs a command line, without the program's name, and returns its exit status.
  static func run(_ arguments: [String], in console: Console) async -> CommandStatus {
    do {
      try refuseToken(in: arguments)
      try ClientCommand.refuseMistakes(in: arguments)
      let command = try ClientCommand.parseAsRoot(ClientCommand.subcommandFirst(arguments))
      if let command = command as? any ClientSubcommand { return try await command.run(in: console) }
      var other = command
      try other.run()
      return .ok
    } catch let failure as CommandFailure {
      console.complain(failure.message)
      return failure.status
    } catch {
      return report(error, to: console)
    }
  }

  /// What the parser has to say: help and version as well as wrong usage.
  private static func report(_ error: any Error, to console: Console) -> CommandStatus {
    let code = ClientCommand.exitCode(for: error)
    let message = ClientCommand.fullMessage(for: error, columns: console.output.columns ?? 80)
    guard code.isSuccess else {
      console.error.write(message + "\n")
      return code == .validationFailure ? .usage : .failed
    }
    guard !message.isEmpty else { return .ok }
    do {
      try console.print(message + "\n")
      return .ok
    } catch {
      console.complain(error.message)
      return error.status
    }
  }

  /// Answers whoever tries to give the token as a flag before the parser quotes it in an error.
  private static func refuseToken(in arguments: [String]) throws {
    guard arguments.prefix(while: { $0 != "--" }).contains(where: { $0 == "--token" || $0.hasPrefix("--token=") })
    else { return }
    throw ValidationError(
      """
      There is no --token: every user of this machine would see the API key in the list of processes. \
      Give it in \(TokenLookup.variable), or put it into a file and give its path with --token-file.
      """)
  }
}
