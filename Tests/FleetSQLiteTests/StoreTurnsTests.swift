import Dispatch
import FleetTestSupport
import NIOConcurrencyHelpers
import Testing

@testable import FleetSQLite

@Suite("turns at the store", .timeLimit(.minutes(1)))
struct StoreTurnsTests {
  @Test("what is urgent goes before what waits already, and otherwise everything keeps its order")
  func order() async {
    let turns = StoreTurns()
    let order = NIOLockedValueBox<[String]>([])
    let (started, continuation) = AsyncStream.makeStream(of: Void.self)
    let gate = DispatchSemaphore(value: 0)
    async let first: Void = {
      _ = await turns.result(.usual) {
        continuation.finish()
        // Blocks the turn, as a locked database does.
        gate.wait()
      }
    }()
    for await _ in started {}
    await withTaskGroup { group in
      for (name, urgency) in [("a", StoreTurns.Urgency.usual), ("b", .usual), ("c", .urgent), ("d", .urgent)] {
        // Each is queued before the next one is.
        let (queued, continuation) = AsyncStream.makeStream(of: Void.self)
        group.addTask {
          async let result = turns.result(urgency) { order.withLockedValue { $0.append(name) } }
          continuation.finish()
          _ = await result
        }
        for await _ in queued {}
        let count = ["a": 1, "b": 2, "c": 3, "d": 4][name, default: 0]
        await until { turns.waitingCount >= count }
      }
      gate.signal()
      await group.waitForAll()
    }
    await first
    #expect(order.withLockedValue { $0 } == ["c", "d", "a", "b"])
  }
}
