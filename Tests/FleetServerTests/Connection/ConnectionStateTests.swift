import JSONRPC
import Testing

@testable import FleetServer

@Suite("A connection's decisions")
struct ConnectionStateTests {
  private static func call(_ id: Int64) -> RPCRequest { RPCRequest(id: .integer(id), method: "daemon.health") }
  private static func line(_ id: Int64) -> String { #"{"jsonrpc":"2.0","id":\#(id),"method":"daemon.health"}"# + "\n" }

  private func state(_ text: String = "", limits: ServerLimits = ServerLimits()) -> ConnectionState {
    var state = ConnectionState(limits: limits)
    state.receive(text)
    return state
  }

  @Test("lines are run in order, then more is read")
  func order() {
    var state = state(Self.line(1) + "\r\n\n" + Self.line(2))
    #expect(state.next() == .run(Self.call(1)))
    #expect(state.next() == .run(Self.call(2)))
    #expect(state.next() == .read)
    #expect(state.callsInFlight == 2)
  }

  @Test("a connection with as many calls as allowed is left alone until one has ended")
  func inFlightLimit() {
    var state = state(Self.line(1) + Self.line(2) + Self.line(3), limits: ServerLimits(callsPerConnection: 2))
    #expect(state.next() == .run(Self.call(1)))
    #expect(state.next() == .run(Self.call(2)))
    #expect(state.next() == .wait)
    state.callEnded(.passed)
    #expect(state.next() == .run(Self.call(3)))
    #expect(state.next() == .wait)
    state.callEnded(.passed)
    #expect(state.next() == .read)
  }

  @Test("a client that does not read is not read from")
  func unreadAnswers() {
    var state = state(Self.line(1))
    state.writabilityChanged(to: false)
    #expect(state.next() == .wait)
    state.writabilityChanged(to: true)
    #expect(state.next() == .run(Self.call(1)))
  }

  @Test("an answer may be queued behind as many bytes as allowed, and no more")
  func unsentBytes() {
    let state = state(limits: ServerLimits(unsentBytes: 100))
    #expect(state.mayQueue(behind: 100))
    #expect(!state.mayQueue(behind: 101))
  }

  @Test("a line that is no request is refused and the next one is run")
  func refusedLine() {
    var state = state("{}\n" + Self.line(1))
    guard case .refuse(id: .null, let error) = state.next() else {
      Issue.record("not refused")
      return
    }
    #expect(error.kind == .invalidRequest)
    #expect(state.next() == .run(Self.call(1)))
    #expect(state.callsInFlight == 1)
  }

  @Test("a batch counts as many calls as it holds, and at least one")
  func batches() {
    let notification = #"{"jsonrpc":"2.0","method":"daemon.health"}"#
    let call = Self.line(1).dropLast()
    var state = state("[\(call),\(notification),1,\(call)]\n[\(notification)]\n[1]\n")
    guard case .runBatch(let first) = state.next() else {
      Issue.record("not run")
      return
    }
    #expect(first.count == 4 && first.requests.count == 3)
    #expect(state.callsInFlight == 3)
    guard case .runBatch = state.next(), case .runBatch = state.next() else {
      Issue.record("not run")
      return
    }
    // The notification and its batch, which is over with it, then a batch without any call.
    #expect(state.callsInFlight == 6)
  }

  @Test("a batch waits until there is room for all of its calls, and what follows waits behind it")
  func heldBackBatch() {
    let call = Self.line(1).dropLast()
    var state = state(
      Self.line(1) + "[\(call),\(call)]\n" + Self.line(2), limits: ServerLimits(callsPerConnection: 2))
    #expect(state.next() == .run(Self.call(1)))
    #expect(state.next() == .wait && state.next() == .wait)
    state.callEnded(.passed)
    guard case .runBatch = state.next() else {
      Issue.record("not run")
      return
    }
    #expect(state.callsInFlight == 2 && state.next() == .wait)
    state.callEnded(.passed)
    #expect(state.next() == .run(Self.call(2)))
  }

  @Test("the first line has to end in time from the start, later ones from their first byte")
  func lateLines() {
    var state = state()
    #expect(state.next() == .read && state.awaitsEndOfLine)
    state.receive(Self.line(1))
    #expect(state.next() == .run(Self.call(1)))
    #expect(state.next() == .read && !state.awaitsEndOfLine)
    #expect(state.lineTimedOut() == nil)
    state.receive("{")
    #expect(state.next() == .read && state.awaitsEndOfLine)
    #expect(state.lineTimedOut()?.kind == .deadlineExceeded)
    // The call in flight is answered first.
    #expect(state.next() == .wait)
    state.callEnded(.passed)
    #expect(state.next() == .finish(lingering: true))
  }

  @Test("a line that is not read is not late")
  func unreadLine() {
    var state = state(Self.line(1) + "{", limits: ServerLimits(callsPerConnection: 1))
    #expect(state.next() == .run(Self.call(1)))
    #expect(state.next() == .wait && !state.awaitsEndOfLine)
    #expect(state.lineTimedOut() == nil)
  }

  @Test("a connection is idle without calls, without a line that has begun and without subscriptions")
  func idleness() {
    var state = state()
    #expect(state.isIdle)
    state.receive("{")
    #expect(!state.isIdle)
    state.receive("}\n" + Self.line(1))
    _ = state.next()
    #expect(state.next() == .run(Self.call(1)) && !state.isIdle)
    state.callEnded(.passed)
    #expect(state.isIdle)
    state.subscriptionBegan()
    #expect(!state.isIdle)
    state.subscriptionEnded()
    #expect(state.isIdle)
  }

  @Test("a client that sends no more is kept until its last call shows whether it is a subscription")
  func halfClosedCall() {
    var state = state(Self.line(1))
    state.inputEnded()
    #expect(state.next() == .run(Self.call(1)))
    #expect(state.next() == .wait)
    state.subscriptionBegan()
    state.callEnded(.passed)
    #expect(state.next() == .wait)
    state.subscriptionEnded()
    #expect(state.next() == .finish(lingering: false))
  }

  @Test("a client that sends no more is kept for as long as it has a subscription")
  func halfClosedSubscriber() {
    var state = state()
    state.subscriptionBegan()
    state.inputEnded()
    #expect(state.next() == .wait)
    state.subscriptionEnded()
    #expect(state.next() == .finish(lingering: false))
  }

  @Test("a notification with unacceptable params is not answered")
  func refusedNotification() {
    var state = state(#"{"jsonrpc":"2.0","method":"daemon.health","params":[1]}"# + "\n")
    guard case .refuse(id: nil, _) = state.next() else {
      Issue.record("answered")
      return
    }
    #expect(state.next() == .read)
  }

  @Test("a line that is too long is refused, then the connection ends lingering, after the calls in flight")
  func tooLong() {
    var state = state(Self.line(1) + String(repeating: "x", count: 101), limits: ServerLimits(lineLength: 100))
    #expect(state.next() == .run(Self.call(1)))
    #expect(state.next() == .refuse(id: .null, .requestTooLarge(limit: 100)))
    #expect(state.next() == .wait)
    state.callEnded(.passed)
    #expect(state.next() == .finish(lingering: true))
    #expect(state.next() == .read)
    state.receive("\n" + Self.line(2))
    #expect(state.next() == .read)
    state.inputEnded()
    #expect(state.next() == .finish(lingering: false))
    #expect(state.next() == .wait)
  }

  @Test("a half-closed connection gets its answers before it is closed")
  func halfClosed() {
    var state = state(Self.line(1) + Self.line(2), limits: ServerLimits(callsPerConnection: 1))
    state.inputEnded()
    #expect(state.next() == .run(Self.call(1)))
    #expect(state.next() == .wait)
    state.callEnded(.passed)
    #expect(state.next() == .run(Self.call(2)))
    #expect(state.next() == .wait)
    state.callEnded(.passed)
    #expect(state.next() == .finish(lingering: false))
    #expect(state.next() == .wait)
  }

  @Test("a last line without its newline is refused rather than forgotten")
  func unfinishedLine() {
    var state = state("{")
    #expect(state.next() == .read)
    state.inputEnded()
    #expect(state.next() == .refuse(id: .null, .invalidRequest("the last line does not end with a newline")))
    #expect(state.next() == .finish(lingering: false))
  }

  @Test("only authentication failures in a row end the connection; calls that need no key do not count")
  func authenticationFailures() {
    var state = state(limits: ServerLimits(consecutiveAuthenticationFailures: 2))
    for outcome in [CallResult.Authentication.failed, .passed, .failed, .notAsked] {
      state.receive(Self.line(1))
      #expect(state.next() == .run(Self.call(1)))
      state.callEnded(outcome)
      #expect(state.next() == .read)
    }
    state.receive(Self.line(1) + Self.line(2))
    #expect(state.next() == .run(Self.call(1)))
    state.callEnded(.failed)
    #expect(state.next() == .finish(lingering: true))
  }

  @Test("a stopping server takes no more lines and closes after the calls in flight")
  func stop() {
    var state = state(Self.line(1) + Self.line(2), limits: ServerLimits(callsPerConnection: 1))
    #expect(state.next() == .run(Self.call(1)))
    state.stop()
    #expect(state.next() == .wait)
    state.callEnded(.passed)
    #expect(state.next() == .finish(lingering: false))
    #expect(state.next() == .wait)
  }

  @Test("a stopping server does not wait for a peer it lingers for")
  func stopWhileLingering() {
    var state = state("xx", limits: ServerLimits(lineLength: 1))
    #expect(state.next() == .refuse(id: .null, .requestTooLarge(limit: 1)))
    #expect(state.next() == .finish(lingering: true))
    state.stop()
    #expect(state.next() == .finish(lingering: false))
    #expect(state.next() == .wait)
  }
}

extension ConnectionState {
  fileprivate mutating func receive(_ text: String) {
    Array(text.utf8).withUnsafeBytes { received($0) }
  }
}
