import FleetTestSupport
import Testing

@testable import FleetSQLite

@Suite("the gate before a commit", .timeLimit(.minutes(1)))
struct CommitGateTests {
  @Test("nobody waits unless a commit is under way, and then until it has ended")
  func waiting() async {
    let gate = CommitGate()
    #expect(await !gate.pass())
    gate.close()
    async let first = gate.pass()
    async let second = gate.pass()
    await until { gate.waitingCount == 2 }
    gate.open()
    #expect(await first)
    #expect(await second)
    #expect(await !gate.pass())
  }
}
