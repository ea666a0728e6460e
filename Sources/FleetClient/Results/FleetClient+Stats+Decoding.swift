public import JSON

extension FleetClient.Stats {
  /// Reads a result of `daemon.stats`, as `call(_:params:authenticated:)` returns it.
  ///
  /// - Throws: `Failure.protocolViolation` when it is none.
  public init(decoding value: JSONValue) throws(FleetClient.Failure) {
    let result = try ResultReader(value, of: "result")
    version = try result.string("version")
    uptimeSeconds = try result.number("uptimeSeconds")
    isDraining = try result.bool("draining")
    let connections = try result.object("connections")
    self.connections = try Counts(connections, now: "open", total: "accepted")
    connectionsRefused = try connections.integer("refused")
    calls = try Counts(result.object("calls"), now: "inFlight", total: "started")
    subscriptions = try Counts(result.object("subscriptions"), now: "open", total: "started")
    refreshes = try Work(result.object("refreshes"))
    flights = try Work(result.object("flights"))
    exchanges = try Work(result.object("exchanges"))
    visits = try Work(result.object("visits"))
    sessions = try Counts(result.object("sessions"), now: "open", total: "opened")
    let upstream = try result.object("upstream")
    upstreamRequests = try Counts(upstream, now: "inFlight", total: "requests")
    upstreamConnectionsOpened = try upstream.integer("connectionsOpened")
    store = StoreKind(rawValue: try result.object("store").string("kind"))
  }
}

extension FleetClient.Stats.Counts {
  fileprivate init(_ reader: ResultReader, now: String, total: String) throws(FleetClient.Failure) {
    self.now = try reader.integer(now)
    self.total = try reader.integer(total)
  }
}

extension FleetClient.Stats.Work {
  fileprivate init(_ reader: ResultReader) throws(FleetClient.Failure) {
    counts = try FleetClient.Stats.Counts(reader, now: "inFlight", total: "started")
    joined = try reader.integer("joined")
    waiters = try reader.integer("waiters")
    oldestSeconds = try reader.number("oldestSeconds")
  }
}
