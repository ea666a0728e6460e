/// What a server has done and does now: counts only.
public struct ServerStatistics: Hashable, Sendable {
  /// Connections that were let in since the start.
  public var connectionsAccepted = 0
  /// Connections that were turned away because too many were open.
  public var connectionsRefused = 0
  /// Connections open now, counted until the last of their calls has ended.
  public var connectionsOpen = 0
  /// Calls and notifications begun since the start.
  public var callsStarted = 0
  /// Calls and notifications that run now.
  public var callsInFlight = 0

  /// Makes counts of nothing.
  public init() {}
}
