/// What a server has done and does now: counts only.
public struct ServerStatistics: Hashable, Sendable {
  /// Connections that were let in since the start.
  public var connectionsAccepted = 0
  /// Connections that were turned away: too many were open, or the peer is not allowed.
  public var connectionsRefused = 0
  /// Connections open now, counted until the last of their calls has ended.
  public var connectionsOpen = 0
  /// Calls and notifications begun since the start.
  public var callsStarted = 0
  /// Calls and notifications that run now.
  public var callsInFlight = 0
  /// Subscriptions begun since the start.
  public var subscriptionsStarted = 0
  /// Subscriptions open now.
  public var subscriptionsOpen = 0

  /// Makes counts of nothing.
  public init() {}
}
