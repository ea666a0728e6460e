/// Where a caller stands while it boards a flight, which its cancellation may overtake at any point.
///
/// A pure value beside the table's: boarding and leaving come from two sides and in either order, and exactly one of the
/// two is told to take the caller out of the flight.
struct FlightSeat<Flight: Hashable & Sendable, Waiter: Hashable & Sendable>: Sendable {
  /// Whom to take out of which flight.
  struct Place: Hashable, Sendable {
    var flight: Flight
    var waiter: Waiter
  }

  private enum State: Hashable {
    case empty
    case taken(Place)
    /// The caller has left, or left before it had boarded.
    case left
  }

  private var state = State.empty

  /// A seat that nobody has taken yet.
  init() {}

  /// The caller has been let into a flight.
  ///
  /// - Returns: its place, when it has left already and is to be taken out; nil when it may wait.
  mutating func board(_ place: Place) -> Place? {
    guard state == .empty else { return place }
    state = .taken(place)
    return nil
  }

  /// The caller waits no longer.
  ///
  /// - Returns: its place, from which it is to be taken out; nil when it has not boarded yet or has left before.
  mutating func leave() -> Place? {
    defer { state = .left }
    guard case .taken(let place) = state else { return nil }
    return place
  }
}
