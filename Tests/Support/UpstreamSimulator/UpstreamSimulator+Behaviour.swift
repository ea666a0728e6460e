internal import NIOConcurrencyHelpers

extension UpstreamSimulator {
  /// Which call a behaviour is for.
  public enum Call: Hashable, Sendable {
    /// The usage call.
    case usage
    /// The token exchange.
    case token
  }

  /// Sets how requests are treated.
  ///
  /// An account's own behaviour goes before the common one, and one that is limited to the next requests before one
  /// that is not; limited ones count in the order they were set.
  ///
  /// - Parameters:
  ///   - account: whose requests, told by the token they carry; nil for all.
  ///   - count: for the next so many requests only; nil until something else is set.
  public func behave(
    _ behaviour: UpstreamBehaviour, account: String? = nil, next count: Int? = nil, call: Call = .usage
  ) {
    state.withLockedValue { state in
      switch call {
      case .usage: state.usageBehaviours.set(behaviour, account: account, count: count)
      case .token: state.tokenBehaviours.set(behaviour, account: account, count: count)
      }
    }
  }

  /// Treats all requests normally from now on.
  public func behaveNormally() {
    state.withLockedValue { state in
      state.usageBehaviours.reset()
      state.tokenBehaviours.reset()
    }
  }

  /// Makes requests of a call that arrive from now on wait, before their latency begins.
  public func hold(_ call: Call = .usage) {
    state.withLockedValue { state in
      if state.held[call] == nil { state.held[call] = [] }
    }
  }

  /// Answers the requests of a call that wait, and those that arrive from now on at once.
  public func release(_ call: Call = .usage) {
    let sends = state.withLockedValue { $0.held.removeValue(forKey: call) } ?? []
    for send in sends { send() }
  }
}
