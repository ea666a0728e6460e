internal import JSON

/// What the simulated provider has seen since it started.
public struct SimulatorCounters: Hashable, Sendable {
  /// Usage requests that have arrived.
  public var usageRequests = 0
  /// Usage requests that have arrived with an access token of this account, by account.
  public var usageRequestsByAccount: [String: Int] = [:]
  /// Usage requests that are being answered now.
  public var usageInProgress = 0
  /// The greatest number of usage requests that were being answered at once.
  public var usageInProgressAtMost = 0
  /// Token exchanges that have arrived.
  public var tokenRequests = 0
  /// How often a refresh token was presented again after it had been used.
  public var refreshTokensReused = 0
  /// Connections that were accepted.
  public var connectionsAccepted = 0

  /// How many requests of a call have arrived.
  func requests(_ call: UpstreamSimulator.Call) -> Int {
    switch call {
    case .usage: usageRequests
    case .token: tokenRequests
    }
  }

  /// Makes counters that show zero.
  public init() {}

  /// The counters as a JSON text.
  var json: JSONValue {
    let byAccount = usageRequestsByAccount.sorted { $0.key < $1.key }
    return [
      "usageRequests": .integer(Int64(usageRequests)),
      "usageRequestsByAccount": .object(
        JSONObject(uniqueKeysWithValues: byAccount.map { ($0.key, .integer(Int64($0.value))) })),
      "usageInProgress": .integer(Int64(usageInProgress)),
      "usageInProgressAtMost": .integer(Int64(usageInProgressAtMost)),
      "tokenRequests": .integer(Int64(tokenRequests)),
      "refreshTokensReused": .integer(Int64(refreshTokensReused)),
      "connectionsAccepted": .integer(Int64(connectionsAccepted)),
    ]
  }
}
