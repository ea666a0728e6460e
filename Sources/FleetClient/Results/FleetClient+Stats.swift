extension FleetClient {
  /// What the daemon has done since its start and does now: counts only, nothing about accounts.
  public struct Stats: Hashable, Sendable {
    /// The daemon's version.
    public var version: String
    /// How long it has been running, in seconds.
    public var uptimeSeconds: Double
    /// Whether it is about to stop.
    public var isDraining: Bool
    /// Clients' connections: open now, and accepted since the start.
    public var connections: Counts
    /// Connections that were turned away.
    public var connectionsRefused: Int64
    /// Calls and notifications, those that run now included.
    public var calls: Counts
    /// Subscriptions over all connections.
    public var subscriptions: Counts
    /// Calls of `fleet.refresh`.
    public var refreshes: Work
    /// Looks at single accounts, shared by all who want the same one.
    public var flights: Work
    /// Renewals of logins.
    public var exchanges: Work
    /// The background refresh's looks at single accounts.
    public var visits: Work
    /// Store sessions of refreshes.
    public var sessions: Counts
    /// Requests to the upstream, retries included.
    public var upstreamRequests: Counts
    /// Connections to the upstream that were opened.
    public var upstreamConnectionsOpened: Int64
    /// Whose store it is.
    public var store: StoreKind

    /// How many there are of something.
    public struct Counts: Hashable, Sendable {
      /// Those of now.
      public var now: Int64
      /// Those since the daemon's start.
      public var total: Int64
    }

    /// Pieces of work of one kind.
    public struct Work: Hashable, Sendable {
      /// Those that run now, and all since the daemon's start.
      public var counts: Counts
      /// How often somebody joined one that ran already.
      public var joined: Int64
      /// How many wait for them now.
      public var waiters: Int64
      /// How long the oldest of them has been running, in seconds; 0 when none runs.
      public var oldestSeconds: Double
    }

    /// Whose store it is; a word this version does not know is kept as it is.
    public struct StoreKind: RawRepresentable, Hashable, Sendable {
      /// The word on the wire.
      public let rawValue: String

      /// Takes any word.
      public init(rawValue: String) { self.rawValue = rawValue }

      /// The daemon's own.
      public static let own = StoreKind(rawValue: "own")
      /// A codex-lb data directory.
      public static let codexLB = StoreKind(rawValue: "codex-lb")
    }
  }
}
