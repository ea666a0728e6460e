extension FleetClient {
  /// An instant as the daemon writes it.
  public struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The text as it was received: RFC 3339 in UTC, such as `2026-01-02T03:04:05Z`.
    public let rfc3339: String
    /// Microseconds since 1970-01-01T00:00:00Z; negative before it.
    public let unixMicroseconds: Int64

    /// Reads a text such as `2026-01-02T03:04:05Z`, with or without a fraction of up to six digits; nil for all else.
    public init?(rfc3339 text: String) {
      let bytes = Array(text.utf8)
      let shape = Array("####-##-##T##:##:##".utf8)
      guard bytes.count > shape.count, bytes.last == UInt8(ascii: "Z") else { return nil }
      for (byte, expected) in zip(bytes, shape) {
        guard expected == UInt8(ascii: "#") ? Self.isDigit(byte) : byte == expected else { return nil }
      }
      guard let microseconds = Self.microseconds(bytes[shape.count..<(bytes.count - 1)]) else { return nil }
      func number(_ range: Range<Int>) -> Int64 { bytes[range].reduce(0) { $0 * 10 + Int64($1 & 0xF) } }
      let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
      let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
      guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60 else { return nil }
      let seconds = Self.daysSinceEpoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
      rfc3339 = text
      unixMicroseconds = seconds * 1_000_000 + microseconds
    }

    /// The text.
    public var description: String { rfc3339 }

    /// Orders by time.
    public static func < (left: Instant, right: Instant) -> Bool { left.unixMicroseconds < right.unixMicroseconds }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// The value of a fraction with its point; 0 for none at all.
    private static func microseconds(_ fraction: ArraySlice<UInt8>) -> Int64? {
      guard let point = fraction.first else { return 0 }
      let digits = fraction.dropFirst()
      guard point == UInt8(ascii: "."), (1...6).contains(digits.count), digits.allSatisfy(isDigit) else { return nil }
      let value = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 & 0xF) }
      return (digits.count..<6).reduce(value) { value, _ in value * 10 }
    }

    /// Days are counted in years that begin in March, so that the leap day is a year's last.
    private static func daysSinceEpoch(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
      let marchYear = month <= 2 ? year - 1 : year
      let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
      let leapDays = marchYear >= 0 ? marchYear / 4 - marchYear / 100 + marchYear / 400 : -1
      return marchYear * 365 + leapDays + dayOfYear - 719_468
    }
  }
}
