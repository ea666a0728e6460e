import Testing

@testable import Fleet

@Suite("Timestamp")
struct TimestampTests {
  static let firstMicrosecond: Int64 = -62_135_596_800_000_000
  static let lastMicrosecond: Int64 = 253_402_300_799_999_999

  @Test("the days of the years 1 to 9999 are counted right and read back")
  func calendar() throws {
    var day = -719_162  // 0001-01-01
    for year in 1...9_999 {
      let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      // All days of the present and of the years around every fourth century; of the others one end of each month.
      let isWhole = (1_968...2_040).contains(year) || year % 400 <= 1 || year == 9_999
      for (month, length) in lengths.enumerated() {
        for dayOfMonth in isWhole ? Array(1...length) : [month % 2 == 0 ? 1 : length] {
          let seconds = Int64(day + dayOfMonth - 1) * 86_400 + 86_399
          guard let instant = Timestamp(unixSeconds: seconds) else { throw Unexpected("\(seconds) is out of range") }
          let text = Self.padded(year, 4) + "-" + Self.padded(month + 1, 2) + "-" + Self.padded(dayOfMonth, 2)
          guard instant.naiveUTC == "\(text) 23:59:59.000000", Timestamp(naiveUTC: "\(text) 23:59:59") == instant else {
            throw Unexpected("\(text) became \(instant.naiveUTC)")
          }
        }
        day += length
      }
    }
    #expect(day == 2_932_897)
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: width - digits.count) + digits
  }

  @Test(
    "known instants",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999999Z"), (1_000_000, "1970-01-01T00:00:01Z"),
      (951_782_400_000_000, "2000-02-29T00:00:00Z"), (4_107_542_400_000_000, "2100-03-01T00:00:00Z"),
      (1_709_210_096_500_000, "2024-02-29T12:34:56.500000Z"), (1_767_323_045_000_100, "2026-01-02T03:04:05.000100Z"),
      (firstMicrosecond, "0001-01-01T00:00:00Z"), (lastMicrosecond, "9999-12-31T23:59:59.999999Z"),
    ] as [(Int64, String)])
  func known(microseconds: Int64, text: String) throws {
    let instant = try #require(Timestamp(microseconds: microseconds))
    #expect(instant.rfc3339 == text)
    #expect(Timestamp(rfc3339: text) == instant)
    #expect(Timestamp(naiveUTC: instant.naiveUTC) == instant)
  }

  @Test("the stores' text always has six digits, so that its order is time's order")
  func naiveOrder() {
    let instants = [-1_000_001, -1, 0, 1, 999_999, 1_000_000, 86_399_999_999, 86_400_000_000].map {
      Timestamp.at(0, microseconds: $0)
    }
    let texts = instants.map(\.naiveUTC)
    #expect(texts.allSatisfy { $0.utf8.count == 26 })
    #expect(texts == texts.sorted())
    #expect(instants == instants.sorted())
  }

  @Test(
    "fractions of one to six digits are read",
    arguments: [("1", 100_000), ("10", 100_000), ("000001", 1), ("123456", 123_456), ("000000", 0), ("05", 50_000)])
  func fractions(digits: String, microseconds: Int64) {
    #expect(Timestamp(naiveUTC: "1970-01-01 00:00:00.\(digits)")?.microseconds == microseconds)
    #expect(Timestamp(rfc3339: "1970-01-01T00:00:00.\(digits)Z")?.microseconds == microseconds)
  }

  @Test("RFC 3339 fractions may be longer, what is beyond microseconds is dropped")
  func longFraction() {
    #expect(Timestamp(rfc3339: "1970-01-01T00:00:00.1234569Z")?.microseconds == 123_456)
    let digits = String(repeating: "9", count: 10_000)
    #expect(Timestamp(rfc3339: "1970-01-01T00:00:00.\(digits)Z")?.microseconds == 999_999)
  }

  @Test("the stores' fractions may not")
  func longNaiveFraction() {
    #expect(Timestamp(naiveUTC: "1970-01-01 00:00:00.1234567") == nil)
  }

  @Test(
    "anything else is refused",
    arguments: [
      "", " ", "2026", "2026-01-02", "2026-01-02 03:04", "2026-01-02 03:04:5", "2026-1-02 03:04:05",
      "2026-01-02 03:04:05.", "2026-01-02 03:04:05.x", "2026-01-02 03:04:05 ", " 2026-01-02 03:04:05",
      "2026-01-02 03:04:05Z", "2026-01-02 03:04:05+00:00", "2026-01-02  03:04:05", "2026-13-02 03:04:05",
      "2026-00-02 03:04:05", "2026-01-00 03:04:05", "2026-01-32 03:04:05", "2026-04-31 03:04:05",
      "2026-02-29 03:04:05", "1900-02-29 03:04:05", "2100-02-29 03:04:05", "2026-01-02 24:00:00",
      "2026-01-02 03:60:05", "2026-01-02 03:04:60", "0000-01-01 00:00:00", "-001-01-01 00:00:00",
      "10000-01-01 00:00:00", "2026/01/02 03:04:05", "２０26-01-02 03:04:05", "+026-01-02 03:04:05", "now",
    ])
  func badTexts(text: String) {
    #expect(Timestamp(naiveUTC: text) == nil)
    #expect(Timestamp(rfc3339: text.replacing(" ", with: "T") + "Z") == nil || text.hasSuffix("Z"))
    #expect(Timestamp(rfc3339: text) == nil)
  }

  @Test("leap days exist in leap years", arguments: ["2000", "2024", "2400", "0004"])
  func leapDays(year: String) {
    #expect(Timestamp(naiveUTC: "\(year)-02-29 00:00:00")?.naiveUTC == "\(year)-02-29 00:00:00.000000")
  }

  @Test("instants outside the years 1 to 9999 do not exist")
  func range() {
    #expect(Timestamp(microseconds: Self.firstMicrosecond - 1) == nil)
    #expect(Timestamp(microseconds: Self.lastMicrosecond + 1) == nil)
    #expect(Timestamp(microseconds: .min) == nil && Timestamp(microseconds: .max) == nil)
    #expect(Timestamp(unixSeconds: .min) == nil && Timestamp(unixSeconds: .max) == nil)
    #expect(Timestamp(unixSeconds: 253_402_300_799) != nil && Timestamp(unixSeconds: 253_402_300_800) == nil)
    #expect(Timestamp.distantPast.microseconds == Self.firstMicrosecond)
  }

  @Test("moving is held at the ends of the range")
  func clamping() {
    let instant = Timestamp.at(0)
    #expect(instant.advanced(by: .seconds(Int64.max)).microseconds == Self.lastMicrosecond)
    #expect(instant.advanced(by: .seconds(Int64.min)).microseconds == Self.firstMicrosecond)
    #expect(instant.advanced(by: .seconds(400_000_000_000)).microseconds == Self.lastMicrosecond)
    #expect(Timestamp.at(1).advanced(by: .seconds(Int64.max)).microseconds == Self.lastMicrosecond)
    #expect(Timestamp.at(-1).advanced(by: .seconds(Int64.min)).microseconds == Self.firstMicrosecond)
    // The last second of 64 bits of microseconds is not a whole one.
    let beyond = Duration.seconds(Int64.max / 1_000_000) + .milliseconds(999)
    #expect(instant.advanced(by: beyond).microseconds == Self.lastMicrosecond)
    #expect(instant.advanced(by: .zero - beyond).microseconds == Self.firstMicrosecond)
    #expect(Timestamp.distantPast.advanced(by: .microseconds(-1)) == .distantPast)
    #expect(instant.advanced(by: .microseconds(1_500_000)).microseconds == 1_500_000)
    #expect(instant.advanced(by: .nanoseconds(999)).microseconds == 0)
    #expect(instant.advanced(by: .nanoseconds(-999)).microseconds == 0)
  }

  @Test("seconds are rounded down, also before 1970")
  func wholeSeconds() {
    #expect(Timestamp.at(0, microseconds: -1).unixSeconds == -1)
    #expect(Timestamp.at(0, microseconds: -1).microsecondOfSecond == 999_999)
    #expect(Timestamp.at(-1).unixSeconds == -1 && Timestamp.at(-1).microsecondOfSecond == 0)
    #expect(Timestamp.at(5, microseconds: 999_999).unixSeconds == 5)
  }

  @Test("spans between instants")
  func since() {
    #expect(Timestamp.at(10).since(.at(7, microseconds: 500_000)) == .milliseconds(2_500))
    #expect(Timestamp.at(7).since(.at(10)) == .seconds(-3))
    let whole = Timestamp(microseconds: Self.lastMicrosecond)?.since(.distantPast)
    #expect(whole == .microseconds(Self.lastMicrosecond - Self.firstMicrosecond))
  }
}
