import Fleet
import NIOConcurrencyHelpers

/// A clock on which sleeping takes no time, and which remembers how long everybody wanted to sleep.
final class SkippingClock: FleetClock {
  private struct State {
    var uptime = Duration.seconds(4_711)
    var pauses: [Duration] = []
  }

  private let start: Timestamp
  private let state = NIOLockedValueBox(State())

  init(now: Timestamp = Timestamp(unixSeconds: 784_111_777) ?? .distantPast) { start = now }

  var now: Timestamp { start.advanced(by: uptime - .seconds(4_711)) }
  var uptime: Duration { state.withLockedValue { $0.uptime } }

  /// How long everybody wanted to sleep, in order.
  var pauses: [Duration] { state.withLockedValue { $0.pauses } }

  func sleep(for duration: Duration) async throws {
    state.withLockedValue { state in
      state.uptime += duration
      state.pauses.append(duration)
    }
  }
}
