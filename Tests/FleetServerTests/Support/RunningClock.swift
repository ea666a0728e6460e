import Fleet
import Foundation

/// The machine's clock, for tests in which time is of no importance.
struct RunningClock: FleetClock {
  private static let start = ContinuousClock.now

  var now: Timestamp { Timestamp(unixSeconds: Int64(Date().timeIntervalSince1970)) ?? .distantPast }
  var uptime: Duration { ContinuousClock.now - Self.start }

  func sleep(for duration: Duration) async throws {
    let (ends, end) = AsyncStream.makeStream(of: Never.self)
    let (seconds, attoseconds) = duration.components
    let nanoseconds = Int(clamping: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { end.finish() }
    for await _ in ends {}
    try Task.checkCancellation()
  }
}
