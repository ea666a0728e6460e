internal import ArgumentParser

/// Where the daemon is.
struct ConnectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The daemon's socket; also CODEX_FLEET_SOCKET.", valueName: "path"),
    completion: .file(extensions: ["sock"]))
  var socket: String?

  @OptionGroup var timeout: TimeoutOption

  /// The daemon, with the token to be sent along; nothing is connected yet.
  ///
  /// - Parameter limit: how long its answers may take unless the command line says it.
  func daemon(
    in console: Console, token: Token?, limit: Duration = TimeLimit.usual
  ) throws(CommandFailure) -> Daemon {
    Daemon(
      try SocketLookup(given: socket, environment: console.environment), token: token, clock: console.clock,
      limit: timeout.limit ?? limit)
  }
}
