internal import Fleet

/// The `Retry-After` header: whole seconds, or the instant itself.
enum RetryAfter {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  /// Nobody is left alone for longer than a year on a header's word.
  private static let longest = Duration.seconds(366 * 86_400)

  /// How long from `now`; nil for anything unreadable, zero for an instant that is past.
  static func duration(_ value: String, now: Timestamp) -> Duration? {
    if let seconds = Int64(value), seconds >= 0 { return min(.seconds(seconds), longest) }
    return instant(value).map { min(max(.zero, $0.since(now)), longest) }
  }

  /// An instant as in `Sun, 06 Nov 1994 08:49:37 GMT`.
  private static func instant(_ value: String) -> Timestamp? {
    let parts = value.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else { return nil }
    let digits = String(month + 1)
    return Timestamp(rfc3339: "\(parts[3])-\(digits.count == 1 ? "0" : "")\(digits)-\(parts[1])T\(parts[4])Z")
  }
}
