/// The bounds that keep any client from taking more than its share.
public struct ServerLimits: Hashable, Sendable {
  /// How many connections may be open; one more is answered `overloaded` and closed.
  public var connections: Int
  /// How many of them one user may have.
  public var connectionsPerUser: Int
  /// How many calls of one connection run at a time; beyond that the connection is not read until one has finished.
  public var callsPerConnection: Int
  /// How many bytes a line may have; a longer one is answered `request_too_large` and its connection closed.
  public var lineLength: Int
  /// How many bytes may wait to be written to one client; when another answer comes while more than that wait, the
  /// client is cut off. An answer alone may be larger.
  public var unsentBytes: Int
  /// How many bytes may wait for all clients together, as lines that have begun and as answers that are not read;
  /// beyond that, whoever holds most is cut off, unless it is less than `fairShare`.
  public var bytesWaiting: Int
  /// How many waiting bytes one client may have, however many others have.
  public var fairShare: Int
  /// How many bytes of rendered summaries are kept to answer with.
  public var renderedBytes: Int
  /// After how many authentication failures in a row a connection is closed.
  public var consecutiveAuthenticationFailures: Int
  /// How many account ids a call may name.
  public var accountIDsPerCall: Int
  /// How long a client may take for a line: for the first one from the connection's start, for later ones from their
  /// first byte. Then it is answered `deadline_exceeded` and closed.
  public var lineTimeout: Duration
  /// How long a connection may lie idle, without a call, a line that has begun or a subscription, before it is closed;
  /// nil for ever.
  public var idleTimeout: Duration?
  /// How many subscriptions there may be at a time.
  public var subscriptions: Int
  /// How many of them one connection may have.
  public var subscriptionsPerConnection: Int
  /// How long a connection that this side closes may take to accept its last answers.
  public var closingGrace: Duration

  /// Makes limits; all have defaults.
  public init(
    connections: Int = 1_024, connectionsPerUser: Int = 256, callsPerConnection: Int = 64, lineLength: Int = 1 << 20,
    unsentBytes: Int = 8 << 20,
    bytesWaiting: Int = 256 << 20, fairShare: Int = 256 << 10,
    renderedBytes: Int = 32 << 20,
    consecutiveAuthenticationFailures: Int = 10, accountIDsPerCall: Int = 10_000, lineTimeout: Duration = .seconds(30),
    idleTimeout: Duration? = nil,
    subscriptions: Int = 1_024, subscriptionsPerConnection: Int = 16, closingGrace: Duration = .seconds(5)
  ) {
    self.connections = connections
    self.connectionsPerUser = connectionsPerUser
    self.callsPerConnection = callsPerConnection
    self.lineLength = lineLength
    self.unsentBytes = unsentBytes
    self.bytesWaiting = bytesWaiting
    self.fairShare = fairShare
    self.renderedBytes = renderedBytes
    self.consecutiveAuthenticationFailures = consecutiveAuthenticationFailures
    self.accountIDsPerCall = accountIDsPerCall
    self.lineTimeout = lineTimeout
    self.idleTimeout = idleTimeout
    self.subscriptions = subscriptions
    self.subscriptionsPerConnection = subscriptionsPerConnection
    self.closingGrace = closingGrace
  }
}
