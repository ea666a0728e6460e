@testable import Fleet

extension Timestamp {
  /// An instant given in Unix seconds, for values that are known to be in range.
  static func at(_ seconds: Int64, microseconds: Int64 = 0) -> Timestamp {
    Timestamp(unixSeconds: seconds)?.advanced(by: .microseconds(microseconds)) ?? .distantPast
  }
}
