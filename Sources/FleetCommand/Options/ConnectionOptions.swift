internal import ArgumentParser

/// Where the daemon is.
struct ConnectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The daemon's socket; also CODEX_FLEET_SOCKET.", valueName: "path"),
    completion: .file(extensions: ["sock"]))
  var socket: String?

  /// The daemon, with the token to be sent along; nothing is connected yet.
  func daemon(in console: Console, token: Token?) throws(CommandFailure) -> Daemon {
    Daemon(try SocketLookup(given: socket, environment: console.environment), token: token)
  }
}
