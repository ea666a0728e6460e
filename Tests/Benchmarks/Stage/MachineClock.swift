internal import Fleet
internal import Glibc

/// The machine's clocks.
struct MachineClock: FleetClock {
  private static let start = ContinuousClock.now

  var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000) ?? .distantPast
  }

  var uptime: Duration { ContinuousClock.now - Self.start }

  func sleep(for duration: Duration) async throws { try await ContinuousClock().sleep(for: duration) }
}

/// Nobody who is told anything.
struct SilentObserver: FleetObserver {
  func note(_ event: FleetEvent) {}
}
