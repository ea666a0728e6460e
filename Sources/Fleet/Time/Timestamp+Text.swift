extension Timestamp {
  /// Year, month, … of an instant in the proleptic Gregorian calendar, UTC.
  ///
  /// Both text forms below, and the stores' own, are made of these.
  private struct CivilTime {
    var year: Int64
    var month: Int64
    var day: Int64
    var hour: Int64
    var minute: Int64
    var second: Int64
    var microsecond: Int64
  }

  /// The instant as RFC 3339 in UTC: `2026-01-02T03:04:05Z`, or with exactly six digits of a fraction that is not zero.
  public var rfc3339: String { withRFC3339 { String(decoding: $0, as: UTF8.self) } }

  /// Hands over the bytes of the same text, which nothing has to be allocated for.
  public func withRFC3339<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
    withUnsafeTemporaryAllocation(byteCount: Self.longestText, alignment: 1) { text in
      let civil = civilTime
      var length = Self.write(civil, separator: UInt8(ascii: "T"), to: text)
      if civil.microsecond != 0 { length = Self.writeFraction(civil, to: text, at: length) }
      text[length] = UInt8(ascii: "Z")
      return body(UnsafeRawBufferPointer(rebasing: text[...length]))
    }
  }

  /// The instant as the stores write it: naive UTC, `2026-01-02 03:04:05.000000`, always with six digits, so that text order is time order.
  public var naiveUTC: String {
    withUnsafeTemporaryAllocation(byteCount: Self.longestText, alignment: 1) { text in
      let civil = civilTime
      let length = Self.writeFraction(civil, to: text, at: Self.write(civil, separator: UInt8(ascii: " "), to: text))
      return String(decoding: text[..<length], as: UTF8.self)
    }
  }

  /// Reads a naive UTC text as the stores write it, with or without a fraction of one to six digits.
  ///
  /// Returns nil for anything else: other separators, trailing text, days that do not exist.
  public init?(naiveUTC text: String) {
    self.init(text.utf8, separator: UInt8(ascii: " "), suffix: nil, fractionDigits: 6)
  }

  /// Reads the bytes of such a text.
  public init?(naiveUTC text: UnsafeBufferPointer<UInt8>) {
    self.init(text, separator: UInt8(ascii: " "), suffix: nil, fractionDigits: 6)
  }

  /// Reads an RFC 3339 text in UTC (`Z`), with or without a fraction; digits beyond the sixth are dropped.
  public init?(rfc3339 text: String) {
    self.init(text.utf8, separator: UInt8(ascii: "T"), suffix: UInt8(ascii: "Z"), fractionDigits: .max)
  }

  private init?(_ utf8: some Collection<UInt8>, separator: UInt8, suffix: UInt8?, fractionDigits: Int) {
    var rest = utf8[...]
    guard
      let year = Self.number(&rest, digits: 4), Self.take(&rest, UInt8(ascii: "-")),
      let month = Self.number(&rest, digits: 2), Self.take(&rest, UInt8(ascii: "-")),
      let day = Self.number(&rest, digits: 2), Self.take(&rest, separator),
      let hour = Self.number(&rest, digits: 2), Self.take(&rest, UInt8(ascii: ":")),
      let minute = Self.number(&rest, digits: 2), Self.take(&rest, UInt8(ascii: ":")),
      let second = Self.number(&rest, digits: 2),
      (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year),
      hour < 24, minute < 60, second < 60, year >= 1
    else { return nil }
    var microsecond: Int64 = 0
    if Self.take(&rest, UInt8(ascii: ".")) {
      guard let fraction = Self.fraction(&rest, atMost: fractionDigits) else { return nil }
      microsecond = fraction
    }
    if let suffix, !Self.take(&rest, suffix) { return nil }
    guard rest.isEmpty else { return nil }
    let seconds = Self.daysSinceEpoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
    self.init(microseconds: seconds * 1_000_000 + microsecond)
  }

  private var civilTime: CivilTime {
    let seconds = unixSeconds
    let secondOfDay = ((seconds % 86_400) + 86_400) % 86_400
    let (year, month, day) = Self.civilDay((seconds - secondOfDay) / 86_400)
    return CivilTime(
      year: year, month: month, day: day,
      hour: secondOfDay / 3_600, minute: secondOfDay / 60 % 60, second: secondOfDay % 60,
      microsecond: microsecondOfSecond)
  }

  /// The bytes of `2026-01-02T03:04:05.000000Z`.
  private static let longestText = 27

  /// Writes date and time to the beginning of a text; returns where they end.
  private static func write(_ civil: CivilTime, separator: UInt8, to text: UnsafeMutableRawBufferPointer) -> Int {
    let (dash, colon) = (UInt8(ascii: "-"), UInt8(ascii: ":"))
    func part(_ mark: UInt8, _ number: Int64, at start: Int) -> Int {
      text[start] = mark
      return write(number, 2, to: text, at: start + 1)
    }
    var end = write(civil.year, 4, to: text, at: 0)
    end = part(dash, civil.month, at: end)
    end = part(dash, civil.day, at: end)
    end = part(separator, civil.hour, at: end)
    end = part(colon, civil.minute, at: end)
    return part(colon, civil.second, at: end)
  }

  private static func writeFraction(_ civil: CivilTime, to text: UnsafeMutableRawBufferPointer, at start: Int) -> Int {
    text[start] = UInt8(ascii: ".")
    return write(civil.microsecond, 6, to: text, at: start + 1)
  }

  private static func write(
    _ number: Int64, _ width: Int, to text: UnsafeMutableRawBufferPointer, at start: Int
  ) -> Int {
    var rest = number
    for place in (start..<start + width).reversed() {
      text[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    return start + width
  }

  // The calendar is counted in years that begin in March, so that the leap day is the last day of a year, and in
  // eras of 400 years, which all have 146,097 days.

  private static func daysSinceEpoch(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let marchYear = month <= 2 ? year - 1 : year
    let era = marchYear / 400
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func civilDay(_ daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = daysSinceEpoch + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func take<Rest: Collection<UInt8>>(_ rest: inout Rest, _ byte: UInt8) -> Bool
  where Rest.SubSequence == Rest {
    guard rest.first == byte else { return false }
    rest.removeFirst()
    return true
  }

  private static func number<Rest: Collection<UInt8>>(_ rest: inout Rest, digits: Int) -> Int64?
  where Rest.SubSequence == Rest {
    var value: Int64 = 0
    for _ in 0..<digits {
      guard let digit = digit(&rest) else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  private static func fraction<Rest: Collection<UInt8>>(_ rest: inout Rest, atMost digits: Int) -> Int64?
  where Rest.SubSequence == Rest {
    var value: Int64 = 0
    var count = 0
    while let digit = digit(&rest) {
      if count < 6 { value = value * 10 + digit }
      count += 1
    }
    guard (1...digits).contains(count) else { return nil }
    for _ in min(count, 6)..<6 { value *= 10 }
    return value
  }

  private static func digit<Rest: Collection<UInt8>>(_ rest: inout Rest) -> Int64?
  where Rest.SubSequence == Rest {
    guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
    rest.removeFirst()
    return Int64(byte - UInt8(ascii: "0"))
  }
}
