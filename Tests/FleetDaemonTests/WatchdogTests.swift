import Fleet
import Logging
import Testing

@testable import FleetDaemon

@Suite("The watchdog's environment")
struct WatchdogTests {
  private func watchdog(_ environment: [String: String]) -> Watchdog? {
    Watchdog(
      environment, process: 42, notifier: ServiceNotifier([:]), clock: SystemClock(), logger: Logger(label: "test"))
  }

  @Test("it is fed only when it is meant for this process")
  func meant() {
    #expect(watchdog(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "42"])?.limit == .seconds(30))
    #expect(watchdog(["WATCHDOG_USEC": "30000000"])?.limit == .seconds(30))
    #expect(watchdog(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "43"]) == nil)
    #expect(watchdog([:]) == nil)
    #expect(watchdog(["WATCHDOG_USEC": "0"]) == nil)
    #expect(watchdog(["WATCHDOG_USEC": "soon"]) == nil)
  }
}
