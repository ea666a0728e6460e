import JSON
import Testing

@testable import FleetClient

@Suite("The state of a subscription")
struct SubscriptionStateTests {
  private var state = SubscriptionState<String>()
  private let change: ChangeBacklog

  init() throws { change = try ChangeBacklog(["accounts": .array([["accountId": "a"]]), "generatedAt": "now"]) }

  @Test("a waiter is told of the first change, of one change only, and once")
  mutating func waiting() {
    #expect(state.ask("w") == nil)
    guard case .wanted(let telling?) = state.opened(as: "s", with: change) else {
      Issue.record("nobody is told")
      return
    }
    #expect(telling.waiter == "w" && told(telling) == change)
    #expect(state.changed(change) == nil)
    #expect(told(state.ask("v")) == change)
    #expect(state.ask("u") == nil)
  }

  @Test("what came before the end is told before it")
  mutating func end() {
    _ = state.opened(as: "s", with: change)
    #expect(state.ended(FleetClient.Failure.connectionLost) == nil)
    #expect(state.ended(FleetClient.Failure.closed) == nil)
    #expect(told(state.ask("w")) == change)
    #expect(failure(state.ask("w")) == .connectionLost)
    #expect(state.changed(change) == nil)
    #expect(state.closed().name == nil)
  }

  @Test("whoever closes it names it to the daemon, once, and forgets what was not read")
  mutating func closed() {
    _ = state.opened(as: "s", with: change)
    #expect(state.closed().name == "s")
    #expect(state.closed().name == nil)
    #expect(state.ask("w")?.news.failure is CancellationError)
  }

  @Test("whoever waits is told of the closing")
  mutating func closedWhileWaiting() {
    #expect(state.ask("w") == nil)
    let (telling, name) = state.closed()
    #expect(telling?.waiter == "w" && telling?.news.failure is CancellationError && name == nil)
    guard case .unwanted = state.opened(as: "s", with: change) else {
      Issue.record("open although nobody wants it")
      return
    }
  }

  private func told(_ telling: SubscriptionState<String>.Telling?) -> ChangeBacklog? { try? telling?.news.get() }

  private func failure(_ telling: SubscriptionState<String>.Telling?) -> FleetClient.Failure? {
    telling?.news.failure as? FleetClient.Failure
  }
}

extension Result {
  fileprivate var failure: Failure? {
    if case .failure(let failure) = self { failure } else { nil }
  }
}
