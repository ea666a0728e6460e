internal import FleetClient

extension FleetClient.Instant {
  /// Whole seconds since 1970-01-01T00:00:00Z.
  var unixSeconds: Int64 { unixMicroseconds / 1_000_000 }

  /// The time of day, as in `14:03:05 UTC`; with the day when that is another one than that of `now`.
  func clockTime(now: Int64) -> String {
    let time = rfc3339.dropFirst(11).prefix(8)
    return unixSeconds / 86_400 == now / 86_400 ? "\(time) UTC" : "\(rfc3339.prefix(10)) \(time) UTC"
  }
}
