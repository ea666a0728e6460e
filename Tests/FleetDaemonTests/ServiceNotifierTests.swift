import FleetTestSupport
import StoreBuilder
import Testing

@testable import FleetDaemon

@Suite("Telling systemd", .timeLimit(.minutes(1)))
struct ServiceNotifierTests {
  @Test("what is told arrives in systemd's own words, one assignment a line")
  func messages() async throws {
    let path = try TemporaryDirectory().file("notify")
    let supervisor = try NotifySocket(path: path)
    let notifier = ServiceNotifier(["NOTIFY_SOCKET": path])
    notifier.ready("Serving at /a\nWATCHDOG=1")
    #expect(await supervisor.next() == "READY=1\nSTATUS=Serving at /a WATCHDOG=1")
    notifier.status("busy")
    #expect(await supervisor.next() == "STATUS=busy")
    notifier.stopping("bye", within: .seconds(35))
    #expect(await supervisor.next() == "STOPPING=1\nSTATUS=bye\nEXTEND_TIMEOUT_USEC=35000000")
    // What ends while it stops does not hide that it does.
    notifier.status("serving")
    notifier.alive()
    #expect(await supervisor.next() == "WATCHDOG=1")
    notifier.stillStopping("not yet", within: .seconds(60))
    #expect(await supervisor.next() == "STATUS=not yet\nEXTEND_TIMEOUT_USEC=60000000")
    notifier.reloading()
    let reloading = try #require(await supervisor.next())
    #expect(reloading.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
  }

  @Test(
    "without systemd, or with one that does not listen, nothing happens",
    arguments: [nil, "", "relative", "/nowhere/at/all", "@nobody", "/" + String(repeating: "x", count: 200)])
  func nobody(path: String?) { ServiceNotifier(path.map { ["NOTIFY_SOCKET": $0] } ?? [:]).ready("Serving") }
}
