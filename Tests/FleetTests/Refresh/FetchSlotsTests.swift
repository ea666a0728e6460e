import FleetTestSupport
import NIOConcurrencyHelpers
import Testing

@testable import Fleet

@Suite("Fetch slots", .timeLimit(.minutes(5)))
struct FetchSlotsTests {
  private typealias Running = NIOLockedValueBox<(now: Int, most: Int)>

  /// Takes a slot until the gate lets through.
  private static func visit(_ slots: FetchSlots, _ gate: Gate, _ running: Running) async {
    await slots.withSlot {
      running.withLockedValue { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
      await gate.pass()
      running.withLockedValue { $0.now -= 1 }
    }
  }

  @Test("no more than so many run at once, and all get their turn")
  func limit() async {
    let slots = FetchSlots(3)
    let gate = Gate()
    let running = Running((now: 0, most: 0))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<50 {
        group.addTask { await Self.visit(slots, gate, running) }
      }
      await gate.arrivals(3)
      gate.letThrough(20)
      await gate.arrivals(23)
      gate.open()
    }
    #expect(running.withLockedValue { $0.most } == 3)
    #expect(running.withLockedValue { $0.now } == 0)
    #expect(gate.arrived == 50)
  }

  @Test("more slots let those in who wait longest, fewer let nobody in until enough are free")
  func resizing() async {
    let slots = FetchSlots(1)
    let gate = Gate()
    let running = Running((now: 0, most: 0))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<12 {
        group.addTask { await Self.visit(slots, gate, running) }
      }
      await gate.arrivals(1)
      slots.resize(to: 4)
      await gate.arrivals(4)
      slots.resize(to: 2)
      gate.letThrough(2)
      await until { running.withLockedValue { $0.now } == 2 }
      running.withLockedValue { $0.most = 0 }
      for number in 5...8 {
        gate.letThrough(1)
        await gate.arrivals(number)
      }
      #expect(running.withLockedValue { $0.most } == 2)
      gate.open()
    }
    #expect(running.withLockedValue { $0.now } == 0)
    #expect(gate.arrived == 12)
  }

  @Test("a cancelled task waits for its slot like any other")
  func cancellation() async {
    let slots = FetchSlots(1)
    let gate = Gate()
    let holder = Task { await slots.withSlot { await gate.pass() } }
    await gate.arrivals(1)
    let waiter = Task { await slots.withSlot { 7 } }
    waiter.cancel()
    gate.open()
    await holder.value
    #expect(await waiter.value == 7)
  }
}
