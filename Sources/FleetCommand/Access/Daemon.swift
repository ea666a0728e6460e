internal import FleetClient
internal import JSON

/// The daemon as a command talks to it: every failure comes in words that say what to do next.
struct Daemon: Sendable {
  private let client: FleetClient
  private let socket: SocketLookup
  private let token: Token?

  init(_ socket: SocketLookup, token: Token?) {
    client = FleetClient(socketPath: socket.path, token: token?.value)
    self.socket = socket
    self.token = token
  }

  /// Any call; the token, if there is one, is sent along.
  func call(_ method: String, params: JSONObject = [:]) async throws(CommandFailure) -> JSONValue {
    do {
      return try await client.call(method, params: params, authenticated: token != nil)
    } catch {
      throw explained(error)
    }
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

  /// Ends the connection.
  func close() { client.close() }

  /// What an error of the client means to whoever made the call.
  func explained(_ error: any Error) -> CommandFailure {
    guard let failure = error as? FleetClient.Failure else {
      return CommandFailure(.failed, "the call failed: \(error)")
    }
    return CommandFailure(failure, socket: socket, token: token)
  }
}
