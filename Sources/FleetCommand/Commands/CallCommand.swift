internal import ArgumentParser
internal import JSON

/// `codex-fleet call`.
struct CallCommand: ClientSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "call", abstract: "Makes any call and prints its result as JSON.",
    discussion: """
      The API key is added to the params, unless the method needs none. Only params from standard input may have a token \
      of their own: what stands on the command line is seen by every user of the machine.

      Example: codex-fleet call fleet.summary '{"accountIds": ["acc-1"]}'
      """)

  @Argument(help: "The method, such as fleet.summary.")
  var method: String

  @Argument(help: ArgumentHelp("The params as a JSON object; - reads them from standard input.", valueName: "json"))
  var params: String?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var access: TokenOptions
  @OptionGroup var format: JSONOption
  @OptionGroup var output: OutputOptions

  /// The methods that take no token.
  private static let openMethods: Set = ["daemon.health", "rpc.discover"]

  func run(in console: Console) async throws(CommandFailure) -> CommandStatus {
    let params = try params(from: console)
    let needsToken = params["token"] == nil && !Self.openMethods.contains(method)
    let token = needsToken ? try access.token(in: console, isQuiet: output.quiet) : nil
    let limit = method == "fleet.refresh" ? TimeLimit.refresh + TimeLimit.grace : TimeLimit.usual
    let daemon = try connection.daemon(in: console, token: token, limit: limit)
    defer { daemon.close() }
    try console.printJSON(await daemon.call(method, params: params))
    return .ok
  }

  private func params(from console: Console) throws(CommandFailure) -> JSONObject {
    guard let params else { return [:] }
    let isInput = params == "-"
    let bytes = isInput ? try console.readInput() : Array(params.utf8)
    let whiteSpace = Array(" \t\r\n".utf8)
    if isInput && bytes.allSatisfy(whiteSpace.contains) { return [:] }
    do {
      guard case .object(let members) = try JSONReader.parse(bytes) else {
        throw CommandFailure(.usage, #"the params must be a JSON object, such as {"accountIds": ["acc-1"]}"#)
      }
      // Null is no key: it calls without one.
      guard isInput || members["token"] == nil || members["token"] == .null else {
        throw CommandFailure(
          .usage,
          """
          these params have a token, and every user of this machine would see the API key in the list of processes; \
          leave it out and give it in \(TokenLookup.variable) or in a file that --token-file names, or pass the params \
          on standard input, with - in their place
          """)
      }
      return members
    } catch let error as JSONSyntaxError {
      throw CommandFailure(.usage, "the params are not acceptable JSON: \(error)")
    } catch {
      throw (error as? CommandFailure) ?? CommandFailure(.usage, "the params cannot be read: \(error)")
    }
  }
}
