public import JSON
internal import JSONRPC
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix

/// A client of the daemon.
///
/// Any number of calls may run at a time; all of them share one connection, which is made when the first call needs it
/// and made anew after it was lost. A call that was under way then fails with `.connectionLost` and is not repeated:
/// whether the daemon has run it cannot be known.
public final class FleetClient: Sendable {
  /// The path of the daemon's socket.
  public let socketPath: String

  let link = NIOLockedValueBox(ConnectionLink())
  let loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()
  let maximumAnswerLength: Int
  private let token: String?

  /// How many bytes an answer may have: more than any fleet needs, and less than would hurt.
  static let maximumAnswerLength = 64 << 20

  /// Makes a client; nothing is connected yet.
  ///
  /// - Parameters:
  ///   - socketPath: the daemon's socket, see `SocketPath.defaultPath(environment:)`.
  ///   - token: an API key; nil for a client that only asks for `health()`.
  public convenience init(socketPath: String, token: String?) {
    self.init(socketPath: socketPath, token: token, maximumAnswerLength: Self.maximumAnswerLength)
  }

  init(socketPath: String, token: String?, maximumAnswerLength: Int) {
    self.socketPath = socketPath
    self.token = token
    self.maximumAnswerLength = maximumAnswerLength
  }

  /// The accounts as the token may see them.
  ///
  /// - Parameter accountIDs: narrows the answer; nil asks for all. Unknown ids are left out without an error.
  /// - Throws: `Failure`; `CancellationError` as soon as the calling task is cancelled.
  public func summary(accountIDs: [String]? = nil) async throws -> Summary {
    try Summary(decoding: await call("fleet.summary", params: Self.params(accountIDs)))
  }

  /// Has the daemon ask the upstream anew, and reports what became of each account.
  ///
  /// The refresh goes on in the daemon even if the wait for it ends, by cancelling the calling task for example.
  ///
  /// - Parameter accountIDs: narrows the refresh; nil means all that the token may see.
  /// - Throws: `Failure`; `CancellationError` as soon as the calling task is cancelled.
  public func refresh(accountIDs: [String]? = nil) async throws -> RefreshResult {
    try RefreshResult(decoding: await call("fleet.refresh", params: Self.params(accountIDs)))
  }

  /// What the daemon has done and does: counts only, nothing about accounts.
  ///
  /// - Throws: `Failure`; `CancellationError` as soon as the calling task is cancelled.
  public func stats() async throws -> Stats {
    try Stats(decoding: await call("daemon.stats"))
  }

  /// Whether the daemon answers, and what it is. Needs no token.
  ///
  /// - Throws: `Failure`; `CancellationError` as soon as the calling task is cancelled.
  public func health() async throws -> Health {
    try Health(decoding: await call("daemon.health", authenticated: false))
  }

  /// Makes any call.
  ///
  /// - Parameters:
  ///   - method: the name of the method.
  ///   - params: its params, without the token.
  ///   - authenticated: whether to send the token with them.
  /// - Returns: the result as it was received.
  /// - Throws: `Failure`; `CancellationError` as soon as the calling task is cancelled.
  public func call(
    _ method: String, params: JSONObject = [:], authenticated: Bool = true
  ) async throws -> JSONValue {
    let params = authenticated ? self.authenticated(params) : params
    return try await connection().call(method, params: params)
  }

  /// Closes the connection and ends the client: calls under way, subscriptions and later ones fail with `.closed`.
  public func close() {
    link.withLockedValue { $0.close() }?.close(as: .closed)
  }

  deinit { close() }

  /// The params with the token.
  func authenticated(_ params: JSONObject) -> JSONObject {
    guard let token else { return params }
    var params = params
    params["token"] = .string(token)
    return params
  }

  static func params(_ accountIDs: [String]?) -> JSONObject {
    guard let accountIDs else { return [:] }
    return ["accountIds": .array(accountIDs.map { .string($0) })]
  }
}

extension FleetClient: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The path; the token is never shown.
  public var description: String { "FleetClient(\(socketPath))" }

  /// The same as `description`.
  public var debugDescription: String { description }

  /// A mirror without the token.
  public var customMirror: Mirror { Mirror(self, children: ["socketPath": socketPath], displayStyle: .class) }
}
