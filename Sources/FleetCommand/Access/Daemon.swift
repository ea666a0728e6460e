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

  /// The accounts; nil for all that the key may see.
  func summary(of accounts: [String]?) async throws(CommandFailure) -> FleetClient.Summary {
    try await explained { try await client.summary(accountIDs: accounts) }
  }

  /// A refresh of the accounts; nil for all that the key may see.
  func refresh(_ accounts: [String]?) async throws(CommandFailure) -> FleetClient.RefreshResult {
    try await explained { try await client.refresh(accountIDs: accounts) }
  }

  /// Whether the daemon answers.
  func health() async throws(CommandFailure) -> FleetClient.Health {
    try await explained { try await client.health() }
  }

  /// Any call; the token, if there is one, is sent along.
  func call(_ method: String, params: JSONObject = [:]) async throws(CommandFailure) -> JSONValue {
    try await explained { try await client.call(method, params: params, authenticated: token != nil) }
  }

  /// Ends the connection.
  func close() { client.close() }

  private func explained<Value: Sendable>(
    _ work: () async throws -> Value
  ) async throws(CommandFailure) -> Value {
    do {
      return try await work()
    } catch let failure as FleetClient.Failure {
      throw CommandFailure(failure, socket: socket, token: token)
    } catch {
      throw CommandFailure(.failed, "the call failed: \(error)")
    }
  }
}
