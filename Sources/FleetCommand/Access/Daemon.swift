internal import FleetClient
internal import JSON

/// The daemon as a command talks to it: every failure comes in words that say what to do next.
struct Daemon: Sendable {
  private let client: FleetClient
  private let socket: SocketLookup
  private let token: Token?
  private let clock: ConsoleClock
  /// How long an answer may take.
  private let limit: Duration

  init(_ socket: SocketLookup, token: Token?, clock: ConsoleClock, limit: Duration = TimeLimit.usual) {
    client = FleetClient(socketPath: socket.path, token: token?.value)
    self.socket = socket
    self.token = token
    self.clock = clock
    self.limit = limit
  }

  /// Any call; the token, if there is one, is sent along.
  ///
  /// - Parameter limit: how long the answer may take, if not as long as any other.
  func call(
    _ method: String, params: JSONObject = [:], within limit: Duration? = nil
  ) async throws(CommandFailure) -> JSONValue {
    do {
      return try await clock.value(within: limit ?? self.limit) { [client, token] in
        try await client.call(method, params: params, authenticated: token != nil)
      }
    } catch {
      throw explained(error)
    }
  }

  /// A refresh, whose limit the daemon keeps: it tells that the refresh goes on, which silence would not.
  func refresh(
    _ accounts: AccountSelection, within limit: Duration = TimeLimit.refresh
  ) async throws(CommandFailure) -> JSONValue {
    var params = accounts.params
    params["timeoutMs"] = .integer(limit.components.seconds * 1_000)
    return try await call("fleet.refresh", params: params, within: limit + TimeLimit.grace)
  }

  /// Reads a result with what knows its shape, such as `FleetClient.Summary.init(decoding:)`.
  func read<Value>(
    _ result: JSONValue, _ shape: (JSONValue) throws(FleetClient.Failure) -> Value
  ) throws(CommandFailure) -> Value {
    do throws(FleetClient.Failure) {
      return try shape(result)
    } catch {
      throw explained(error)
    }
  }

  /// The members of a list in a result.
  func list(_ name: String, of result: JSONValue) throws(CommandFailure) -> [JSONValue] {
    guard let members = result[name]?.arrayValue else {
      throw explained(FleetClient.Failure.protocolViolation("'\(name)' is not an array"))
    }
    return members
  }

  /// The accounts as they change; nil for all that the key may see.
  func changes(of accounts: [String]?) -> FleetClient.Changes { client.changes(accountIDs: accounts) }

  /// The first of some changes; as an answer to a call it may not take for ever.
  func first(of changes: inout FleetClient.Changes.Iterator) async throws -> FleetClient.Change? {
    let (first, rest) = try await clock.value(within: limit) { [changes] in
      var changes = changes
      let first = try await changes.next()
      return (first, changes)
    }
    changes = rest
    return first
  }

  /// Ends the connection.
  func close() { client.close() }

  /// What an error of the client means to whoever made the call.
  func explained(_ error: any Error) -> CommandFailure {
    if let error = error as? TimeLimit.Passed {
      return CommandFailure(
        .unreachable,
        """
        the daemon at \(PrintableText.of(socket.path)) does not answer (within \(DurationWords.full(error.limit.components.seconds))); look at its \
        log and start it anew if it hangs, or give it more time with --timeout
        """)
    }
    guard let failure = error as? FleetClient.Failure else {
      return CommandFailure(.failed, "the call failed: \(error)")
    }
    return CommandFailure(failure, socket: socket, token: token)
  }
}
