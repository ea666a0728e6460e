/// Which behaviour counts for which request.
struct BehaviourTable: Sendable {
  private struct Scope {
    var standing: UpstreamBehaviour?
    var limited: [(behaviour: UpstreamBehaviour, remaining: Int)] = []

    mutating func next() -> UpstreamBehaviour? {
      guard let first = limited.first else { return standing }
      if first.remaining > 1 { limited[0].remaining -= 1 } else { limited.removeFirst() }
      return first.behaviour
    }
  }

  private var scopes: [String?: Scope] = [:]

  /// Sets a behaviour for one account or (nil) for all; `count` limits it to so many requests, after which what was set
  /// before counts again.
  mutating func set(_ behaviour: UpstreamBehaviour, account: String?, count: Int?) {
    guard let count else {
      scopes[account, default: Scope()].standing = behaviour
      return
    }
    if count > 0 { scopes[account, default: Scope()].limited.append((behaviour, count)) }
  }

  /// Forgets everything that was set.
  mutating func reset() { scopes = [:] }

  /// The behaviour for a request that has arrived; an account's own goes before the common one.
  mutating func next(account: String?) -> UpstreamBehaviour {
    if let account, let own = scopes[account]?.next() { return own }
    return scopes[nil]?.next() ?? UpstreamBehaviour()
  }
}
