internal import ArgumentParser

/// Where the API key is.
struct TokenOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A file with the API key; else CODEX_FLEET_TOKEN has it.", valueName: "path"),
    completion: .file())
  var tokenFile: String?

  /// The API key; warns when its file is open to others.
  func token(in console: Console, isQuiet: Bool) throws(CommandFailure) -> Token {
    let token = try TokenLookup(file: tokenFile, environment: console.environment).token()
    if !isQuiet, let warning = token.warning { console.complain("warning: \(warning)") }
    return token
  }
}
