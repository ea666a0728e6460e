/// What a set of flights did and does.
public struct FlightCounts: Hashable, Sendable {
  /// Flights started so far.
  public var started = 0
  /// Requests that joined a running flight so far.
  public var joined = 0
  /// Flights that run now.
  public var inFlight = 0
  /// Parties that wait now.
  public var waiters = 0
  /// How long the oldest running flight has been running; zero without one.
  public var oldestAge = Duration.zero

  /// All zero.
  public init() {}
}

/// Why somebody does not wait for a flight (any longer).
public enum FlightRefusal: Error, Hashable, Sendable {
  /// No more flights are admitted, or the wait was given up because everything stops.
  case draining
  /// There are too many flights or waiters.
  case overloaded
  /// The waiting task was cancelled; the flight goes on.
  case waitCancelled
}
