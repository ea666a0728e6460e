import FleetTestSupport
import NIOConcurrencyHelpers

@testable import Fleet

/// An upstream that answers what the test says, when the test says, and counts.
///
/// Its login service takes `refresh-…` and gives `refresh-…'`, and access tokens likewise, unless the test says otherwise.
final class ScriptedUpstream: UsageUpstream, TokenUpstream {
  struct State: Sendable {
    var exchanges: [TokenRequest] = []
    var exchangesRunning = 0
    var tokenAnswers: [TokenAnswer] = []
    /// Access tokens that are refused with 401.
    var refusedTokens: Set<Secret> = []
    var requests: [UsageRequest] = []
    var running = 0
    var most = 0
    var answers: [String: UsageAnswer] = [:]
    var answer = UsageAnswer.payload(UsagePayload(primary: .init(usedPercent: 25, limitWindowSeconds: 18_000)))
  }

  let state = NIOLockedValueBox(State())
  /// Held by the test when answers are to be late.
  let gate: Gate?
  /// Held by the test when new tokens are to be late.
  let tokenGate: Gate?

  init(gate: Gate? = nil, tokenGate: Gate? = nil) {
    self.gate = gate
    self.tokenGate = tokenGate
  }

  subscript<Value>(_ part: KeyPath<State, Value>) -> Value {
    state.withLockedValue { $0[keyPath: part] }
  }

  /// What everybody gets from now on.
  func answer(_ answer: UsageAnswer) { state.withLockedValue { $0.answer = answer } }

  /// What one account gets from now on.
  func answer(_ answer: UsageAnswer, for id: String) {
    state.withLockedValue { $0.answers["chatgpt-\(id)"] = answer }
  }

  /// What the next token exchange gets.
  func answerNextExchange(_ answer: TokenAnswer) { state.withLockedValue { $0.tokenAnswers.append(answer) } }

  /// Refuses an access token with 401 from now on.
  func refuse(_ accessToken: String) { state.withLockedValue { _ = $0.refusedTokens.insert(Secret(accessToken)) } }

  func exchange(_ request: TokenRequest) async -> TokenAnswer {
    state.withLockedValue { state in
      state.exchanges.append(request)
      state.exchangesRunning += 1
    }
    await tokenGate?.pass()
    return state.withLockedValue { state in
      state.exchangesRunning -= 1
      guard state.tokenAnswers.isEmpty else { return state.tokenAnswers.removeFirst() }
      return .tokens(.next(after: request.refreshToken))
    }
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
      guard !state.refusedTokens.contains(request.accessToken) else {
        return .failure(UpstreamFailure(.status(401), errorCode: "unauthorized"))
      }
      return request.chatGPTAccountID.flatMap { state.answers[$0] } ?? state.answer
    }
  }
}

extension NewTokens {
  /// The tokens that follow a refresh token.
  static func next(after refreshToken: Secret, claims: IdentityClaims = IdentityClaims()) -> NewTokens {
    let text = refreshToken.withText { $0 }
    return NewTokens(
      accessToken: Secret("access-of-\(text)"), refreshToken: Secret("\(text)'"), idToken: Secret("id"), claims: claims)
  }
}
