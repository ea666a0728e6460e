internal import JSON
internal import JSONRPC
internal import NIOConcurrencyHelpers

/// The pending calls of a connection, shared by the callers' tasks and the connection's event loop.
///
/// No waiter is ever resumed while the lock is held.
final class PendingCallTable: Sendable {
  /// Who waits for an answer.
  enum Waiter: Sendable {
    case call(CheckedContinuation<JSONValue, any Error>)
    /// It is open as soon as the answer is read: changes may come in the same breath.
    case subscription(Subscription)
  }

  let subscriptions = SubscriptionTable()
  private let calls = NIOLockedValueBox(PendingCalls<Waiter>())

  /// Whether answers may still come.
  var isOpen: Bool { calls.withLockedValue { $0.end == nil } }

  /// Waits for the answer to a call that `send` sends; returns at once when the calling task is cancelled.
  func answer(sending send: (Int64) -> Void) async throws -> JSONValue {
    let id = calls.withLockedValue { $0.announce() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { register(.call($0), id: id, sending: send) }
    } onCancel: {
      if let waiter = calls.withLockedValue({ $0.cancel(id: id) }) { tell(waiter, .failure(CancellationError())) }
    }
  }

  /// Sends the call that begins a subscription.
  func begin(_ subscription: Subscription, sending send: (Int64) -> Void) {
    register(.subscription(subscription), id: calls.withLockedValue { $0.announce() }, sending: send)
  }

  /// Passes a received line on; returns what is wrong with the connection, if it cannot go on.
  func received(_ line: [UInt8]) -> FleetClient.Failure? {
    let answer: RPCAnswer
    do {
      answer = try RPCAnswer.decode(line)
    } catch {
      return .protocolViolation(error.message)
    }
    switch answer {
    case .result(let id, let value): return resume(id, with: .success(value))
    // Without an id the daemon refuses the connection or a line of it, and cannot say whose call is concerned.
    case .error(.null, let error): return .rpc(error)
    case .error(let id, let error): return resume(id, with: .failure(FleetClient.Failure.rpc(error)))
    case .notification(let method, let params):
      return method == "fleet.changed" ? subscriptions.changed(params) : nil
    }
  }

  /// Tells everyone that no answer will come.
  func end(_ failure: FleetClient.Failure) {
    let (waiters, reason) = calls.withLockedValue { $0.ended(failure) }
    for waiter in waiters { tell(waiter, .failure(reason)) }
    subscriptions.end(reason)
  }

  private func register(_ waiter: Waiter, id: Int64, sending send: (Int64) -> Void) {
    switch calls.withLockedValue({ $0.register(waiter, id: id) }) {
    case .registered: send(id)
    case .refused(let waiter, let error): tell(waiter, .failure(error))
    }
  }

  private func resume(_ id: RPCID, with result: Result<JSONValue, any Error>) -> FleetClient.Failure? {
    switch calls.withLockedValue({ $0.answered(id) }) {
    case .waiter(let waiter): return tell(waiter, result)
    case .forgotten: return nil
    case .unknown: return .protocolViolation("an answer to a call that was not made")
    }
  }

  /// Tells a waiter what came; returns what is wrong with the connection, if it cannot go on.
  @discardableResult
  private func tell(_ waiter: Waiter, _ result: Result<JSONValue, any Error>) -> FleetClient.Failure? {
    switch (waiter, result) {
    case (.call(let continuation), _): continuation.resume(with: result)
    case (.subscription(let subscription), .success(let value)): return subscriptions.open(subscription, value)
    case (.subscription(let subscription), .failure(let error)): subscription.end(error)
    }
    return nil
  }
}
