internal import JSONRPC

/// The calls of one connection that wait for an answer, by id.
///
/// Pure bookkeeping: it hands out who is to be told, and tells nobody itself. Every waiter that comes in is handed out
/// exactly once.
struct PendingCalls<Waiter: Sendable>: Sendable {
  /// What becomes of a waiter.
  enum Registration {
    case registered
    /// The call is not to be sent; this waiter is to be told why.
    case refused(Waiter, any Error)
  }

  /// Whose answer has come.
  enum Recipient {
    case waiter(Waiter)
    /// Nobody's any more: the call was cancelled.
    case forgotten
    /// There never was such a call.
    case unknown
  }

  private enum Call: Sendable {
    /// It has an id and no waiter yet.
    case announced
    /// It was cancelled before its waiter came: a cancellation waits for nothing.
    case cancelledEarly
    case waiting(Waiter)
  }

  private var calls: [Int64: Call] = [:]
  private var lastID: Int64 = 0
  /// Why there are no more answers.
  private(set) var end: FleetClient.Failure?

  var isEmpty: Bool { calls.isEmpty }

  /// Announces a call; its waiter must follow.
  mutating func announce() -> Int64 {
    lastID += 1
    calls[lastID] = .announced
    return lastID
  }

  /// Takes the waiter of an announced call.
  mutating func register(_ waiter: Waiter, id: Int64) -> Registration {
    if case .cancelledEarly? = calls.removeValue(forKey: id) { return .refused(waiter, CancellationError()) }
    if let end { return .refused(waiter, end) }
    calls[id] = .waiting(waiter)
    return .registered
  }

  /// The call is cancelled; returns the waiter that is to be told, if it came already and was not told otherwise.
  mutating func cancel(id: Int64) -> Waiter? {
    switch calls[id] {
    case .waiting(let waiter):
      calls[id] = nil
      return waiter
    case .announced:
      calls[id] = .cancelledEarly
      return nil
    case .cancelledEarly, nil:
      return nil
    }
  }

  /// An answer has come.
  mutating func answered(_ id: RPCID) -> Recipient {
    guard case .integer(let number) = id, number > 0, number <= lastID else { return .unknown }
    guard case .waiting(let waiter)? = calls[number] else { return .forgotten }
    calls[number] = nil
    return .waiter(waiter)
  }

  /// There will be no more answers; returns those to be told, and why. Only the first reason counts.
  mutating func ended(_ failure: FleetClient.Failure) -> (waiters: [Waiter], reason: FleetClient.Failure) {
    let reason = end ?? failure
    end = reason
    var waiters: [Waiter] = []
    for case (let id, .waiting(let waiter)) in calls {
      waiters.append(waiter)
      calls[id] = nil
    }
    return (waiters, reason)
  }
}
