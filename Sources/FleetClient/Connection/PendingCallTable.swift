internal import JSON
internal import JSONRPC
internal import NIOConcurrencyHelpers

/// The pending calls of a connection, shared by the callers' tasks and the connection's event loop.
///
/// No waiter is ever resumed while the lock is held.
final class PendingCallTable: Sendable {
  typealias Waiter = CheckedContinuation<JSONValue, any Error>

  private let calls = NIOLockedValueBox(PendingCalls<Waiter>())

  /// Whether answers may still come.
  var isOpen: Bool { calls.withLockedValue { $0.end == nil } }

  /// Waits for the answer to a call that `send` sends; returns at once when the calling task is cancelled.
  func answer(sending send: (Int64) -> Void) async throws -> JSONValue {
    let id = calls.withLockedValue { $0.announce() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { waiter in
        switch calls.withLockedValue({ $0.register(waiter, id: id) }) {
        case .registered: send(id)
        case .refused(let waiter, let error): waiter.resume(throwing: error)
        }
      }
    } onCancel: {
      calls.withLockedValue { $0.cancel(id: id) }?.resume(throwing: CancellationError())
    }
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
    case .notification: return nil
    }
  }

  /// Tells everyone that no answer will come.
  func end(_ failure: FleetClient.Failure) {
    let (waiters, reason) = calls.withLockedValue { $0.ended(failure) }
    for waiter in waiters { waiter.resume(throwing: reason) }
  }

  private func resume(_ id: RPCID, with result: Result<JSONValue, any Error>) -> FleetClient.Failure? {
    switch calls.withLockedValue({ $0.answered(id) }) {
    case .waiter(let waiter):
      waiter.resume(with: result)
      return nil
    case .forgotten: return nil
    case .unknown: return .protocolViolation("an answer to a call that was not made")
    }
  }
}
