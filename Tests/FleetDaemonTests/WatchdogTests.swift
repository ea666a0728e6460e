import Fleet
import FleetTestSupport
import Logging
import StoreBuilder
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

  @Test(
    "a passed socket whose file is gone is no reason to be killed: the next daemon would have none either",
    .timeLimit(.minutes(1)))
  func lostSocket() async throws {
    let folder = try TemporaryDirectory()
    let supervisor = try NotifySocket(path: folder.file("notify"))
    let clock = TestClock(now: .distantPast)
    let dog = try #require(
      Watchdog(
        ["WATCHDOG_USEC": "30000000"], notifier: ServiceNotifier(["NOTIFY_SOCKET": folder.file("notify")]),
        clock: clock, logger: Logger(label: "test")))
    let run = Task { await dog.run(socketPath: folder.file("gone.sock"), isPassed: true) { true } }
    #expect(await supervisor.next() == "WATCHDOG=1")
    await clock.sleepers(1)
    clock.advance(by: .seconds(10))
    #expect(await supervisor.next() == "WATCHDOG=1")
    run.cancel()
    await run.value
  }
}
