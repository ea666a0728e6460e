internal import Foundation

/// An exchange that brought new tokens.
public struct SimulatedExchange: Hashable, Sendable {
  /// Whose tokens they were.
  public var account: String
  /// The refresh token that was used up.
  public var presented: String
  /// The refresh token that took its place.
  public var issued: String
  /// Who presented it: the path before `/oauth/token`, which tests give to tell several daemons apart.
  public var client: String
  /// When the answer was handed to the connection.
  public var answeredAt: Instant

  /// An instant of the wall clock, in seconds.
  public struct Instant: Hashable, Comparable, Sendable {
    /// Seconds since 1970.
    public var seconds: Double

    /// Makes an instant.
    public init(seconds: Double) { self.seconds = seconds }

    /// The present one.
    public static var now: Instant { Instant(seconds: Date().timeIntervalSince1970) }

    /// Whether the left one is earlier.
    public static func < (left: Instant, right: Instant) -> Bool { left.seconds < right.seconds }
  }
}
