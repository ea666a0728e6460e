public import Fleet
internal import JSON

/// What the rest of the daemon has done and does: counts only.
public struct FleetStatistics: Sendable {
  /// The refreshes, the account flights beneath them, the token exchanges beneath those, and the looks of the
  /// background refresh.
  public var work: RefreshCoordinator.Statistics
  /// The background sessions.
  public var sessions: SessionCounts
  /// Requests to the upstream since the start, with every attempt.
  public var upstreamRequests: Int
  /// Requests to the upstream on their way now.
  public var upstreamInFlight: Int
  /// Connections to the upstream that were opened since the start.
  public var upstreamConnectionsOpened: Int
  /// The kind of store: `own` or `codex-lb`.
  public var storeKind: String

  /// Makes statistics of counts.
  public init(
    work: RefreshCoordinator.Statistics, sessions: SessionCounts, upstreamRequests: Int, upstreamInFlight: Int,
    upstreamConnectionsOpened: Int, storeKind: String
  ) {
    self.work = work
    self.sessions = sessions
    self.upstreamRequests = upstreamRequests
    self.upstreamInFlight = upstreamInFlight
    self.upstreamConnectionsOpened = upstreamConnectionsOpened
    self.storeKind = storeKind
  }
}

/// What `daemon.stats` tells: counts only, nothing about accounts.
struct DaemonStatistics {
  var health: DaemonHealth
  var uptime: Duration
  var server: ServerStatistics
  var fleet: FleetStatistics

  /// The result as bytes.
  func json() -> [UInt8] {
    let result: JSONObject = [
      "version": .string(health.version),
      "uptimeSeconds": .number(uptime.seconds),
      "draining": .bool(health.isDraining),
      "connections": .counts([
        ("open", server.connectionsOpen), ("accepted", server.connectionsAccepted),
        ("refused", server.connectionsRefused),
      ]),
      "calls": .counts([("started", server.callsStarted), ("inFlight", server.callsInFlight)]),
      "subscriptions": .counts([("started", server.subscriptionsStarted), ("open", server.subscriptionsOpen)]),
      "refreshes": .flights(fleet.work.refreshes),
      "flights": .flights(fleet.work.flights),
      "exchanges": .flights(fleet.work.exchanges),
      "visits": .flights(fleet.work.visits),
      "sessions": .counts([("opened", fleet.sessions.opened), ("open", fleet.sessions.open)]),
      "upstream": .counts([
        ("requests", fleet.upstreamRequests), ("inFlight", fleet.upstreamInFlight),
        ("connectionsOpened", fleet.upstreamConnectionsOpened),
      ]),
      "store": ["kind": .string(fleet.storeKind)],
    ]
    return JSONValue.object(result).serialized()
  }
}

extension JSONValue {
  fileprivate static func counts(_ counts: [(String, Int)]) -> JSONValue {
    .object(JSONObject(uniqueKeysWithValues: counts.map { ($0, .integer(Int64($1))) }))
  }

  fileprivate static func flights(_ flights: FlightCounts) -> JSONValue {
    guard
      case .object(var members) = counts([
        ("started", flights.started), ("joined", flights.joined), ("inFlight", flights.inFlight),
        ("waiters", flights.waiters),
      ])
    else { return .null }
    members["oldestSeconds"] = .number(flights.oldestAge.seconds)
    return .object(members)
  }
}

extension Duration {
  fileprivate var seconds: Double { self / .seconds(1) }
}
