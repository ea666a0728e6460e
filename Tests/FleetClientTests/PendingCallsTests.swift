import JSONRPC
import Testing

@testable import FleetClient

@Suite("Calls that wait for an answer", .timeLimit(.minutes(5)))
struct PendingCallsTests {
  private var calls = PendingCalls<String>()

  @Test("an answer is for the call of its id, once")
  mutating func answered() {
    let id = calls.announce()
    #expect(isRegistered(calls.register("a", id: id)))
    #expect(recipient(.integer(id)) == "a")
    #expect(recipient(.integer(id)) == "forgotten")
    #expect(recipient(.integer(id + 1)) == "unknown")
    #expect(calls.isEmpty)
  }

  @Test("a call that is cancelled before its waiter came is not made")
  mutating func cancelledEarly() {
    let id = calls.announce()
    #expect(calls.cancel(id: id) == nil)
    guard case .refused("a", let error) = calls.register("a", id: id) else {
      Issue.record("registered")
      return
    }
    #expect(error is CancellationError)
    #expect(calls.isEmpty)
  }

  @Test("whoever was answered is not told of a cancellation too")
  mutating func cancelledLate() {
    let id = calls.announce()
    #expect(isRegistered(calls.register("a", id: id)))
    #expect(recipient(.integer(id)) == "a")
    #expect(calls.cancel(id: id) == nil)
    #expect(calls.isEmpty)
  }

  @Test("everyone is told of the end once, with its first reason; later calls too")
  mutating func ended() {
    let (first, second) = (calls.announce(), calls.announce())
    #expect(isRegistered(calls.register("a", id: first)))
    #expect(calls.ended(.closed).waiters == ["a"])
    let (waiters, reason) = calls.ended(.connectionLost)
    #expect(waiters.isEmpty && reason == .closed)
    guard case .refused("b", let error) = calls.register("b", id: second) else {
      Issue.record("registered")
      return
    }
    #expect(error as? FleetClient.Failure == .closed)
    #expect(calls.isEmpty)
  }

  private func isRegistered(_ registration: PendingCalls<String>.Registration) -> Bool {
    if case .registered = registration { true } else { false }
  }

  private mutating func recipient(_ id: RPCID) -> String {
    switch calls.answered(id) {
    case .waiter(let waiter): waiter
    case .forgotten: "forgotten"
    case .unknown: "unknown"
    }
  }
}
