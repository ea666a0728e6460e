/// An instant in UTC with microsecond precision, within the years 1 to 9999.
///
/// The range is what RFC 3339 and the stores' text format can both write, so a value of this type can always be
/// printed; anything outside is refused where it enters.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Microseconds since 1970-01-01T00:00:00Z; negative before it.
  public let microseconds: Int64

  private static let earliest: Int64 = -62_135_596_800_000_000
  private static let latest: Int64 = 253_402_300_799_999_999

  /// Makes the instant that lies `microseconds` after 1970-01-01T00:00:00Z, or nil outside the years 1 to 9999.
  public init?(microseconds: Int64) {
    guard (Self.earliest...Self.latest).contains(microseconds) else { return nil }
    self.microseconds = microseconds
  }

  /// Makes the instant that lies `unixSeconds` whole seconds after 1970-01-01T00:00:00Z, or nil outside the years 1 to 9999.
  public init?(unixSeconds: Int64) {
    let (product, overflow) = unixSeconds.multipliedReportingOverflow(by: 1_000_000)
    guard !overflow else { return nil }
    self.init(microseconds: product)
  }

  private init(clamping microseconds: Int64) {
    self.microseconds = min(max(microseconds, Self.earliest), Self.latest)
  }

  /// The first supported instant, which no other precedes.
  public static let distantPast = Timestamp(clamping: earliest)

  /// Whole Unix seconds, rounded down.
  public var unixSeconds: Int64 {
    let quotient = microseconds / 1_000_000
    return microseconds % 1_000_000 < 0 ? quotient - 1 : quotient
  }

  /// Microseconds within the second, 0 to 999,999.
  public var microsecondOfSecond: Int64 { microseconds - unixSeconds * 1_000_000 }

  /// The instant `duration` later (earlier when negative), held at the ends of the supported range.
  public func advanced(by duration: Duration) -> Timestamp {
    let (sum, overflow) = microseconds.addingReportingOverflow(duration.wholeMicroseconds)
    if overflow { return Timestamp(clamping: duration < .zero ? Self.earliest : Self.latest) }
    return Timestamp(clamping: sum)
  }

  /// The time from `earlier` to this instant; negative when this one is the earlier of the two.
  public func since(_ earlier: Timestamp) -> Duration {
    .microseconds(microseconds - earlier.microseconds)
  }

  /// Whether the left instant is the earlier one.
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }
}

extension Duration {
  /// The duration in microseconds, rounded towards zero and held within 64 bits.
  fileprivate var wholeMicroseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    guard !overflow else { return seconds < 0 ? .min : .max }
    let (sum, sumOverflow) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000)
    return sumOverflow ? (seconds < 0 ? .min : .max) : sum
  }
}
