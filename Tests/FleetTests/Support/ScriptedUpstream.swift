import FleetTestSupport
import NIOConcurrencyHelpers

@testable import Fleet

/// An upstream that answers what the test says, when the test says, and counts.
final class ScriptedUpstream: UsageUpstream {
  struct State: Sendable {
    var requests: [UsageRequest] = []
    var running = 0
    var most = 0
    var answers: [String: UsageAnswer] = [:]
    var answer = UsageAnswer.payload(UsagePayload(primary: .init(usedPercent: 25, limitWindowSeconds: 18_000)))
  }

  let state = NIOLockedValueBox(State())
  /// Held by the test when answers are to be late.
  let gate: Gate?

  init(gate: Gate? = nil) { self.gate = gate }

  subscript<Value>(_ part: KeyPath<State, Value>) -> Value {
    state.withLockedValue { $0[keyPath: part] }
  }

  /// What everybody gets from now on.
  func answer(_ answer: UsageAnswer) { state.withLockedValue { $0.answer = answer } }

  /// What one account gets from now on.
  func answer(_ answer: UsageAnswer, for id: String) {
    state.withLockedValue { $0.answers["chatgpt-\(id)"] = answer }
  }

  /// The accounts that were asked for, in order.
  var askedFor: [String] { self[\.requests].compactMap(\.chatGPTAccountID) }

  func usage(for request: UsageRequest) async -> UsageAnswer {
    state.withLockedValue { state in
      state.requests.append(request)
      state.running += 1
      state.most = max(state.most, state.running)
    }
    await gate?.pass()
    return state.withLockedValue { state in
      state.running -= 1
      return request.chatGPTAccountID.flatMap { state.answers[$0] } ?? state.answer
    }
  }
}
