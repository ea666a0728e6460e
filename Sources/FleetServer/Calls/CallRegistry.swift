internal import JSONRPC
internal import NIOConcurrencyHelpers

/// The calls of one connection that run now and can be cancelled, by their ids.
final class CallRegistry: Sendable {
  /// One call that can be cancelled.
  final class Call: Sendable {
    fileprivate let id: RPCID
    private let state = NIOLockedValueBox((isCancelled: false, cancel: (@Sendable () -> Void)?.none))

    fileprivate init(_ id: RPCID) { self.id = id }

    /// Whether the client has cancelled it.
    var isCancelled: Bool { state.withLockedValue { $0.isCancelled } }

    /// Runs `work` in a task that is cancelled when the client cancels the call, or when the calling task is cancelled.
    func run<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value {
      let task = Task { await work() }
      let isCancelled = state.withLockedValue { state in
        state.cancel = { task.cancel() }
        return state.isCancelled
      }
      if isCancelled { task.cancel() }
      return await withTaskCancellationHandler {
        await task.value
      } onCancel: {
        task.cancel()
      }
    }

    fileprivate func cancel() {
      let cancel = state.withLockedValue { state in
        state.isCancelled = true
        return state.cancel
      }
      cancel?()
    }
  }

  private let calls = NIOLockedValueBox<[RPCID: [Call]]>([:])

  /// Takes note of a call, which can be cancelled from now on. Ids need not differ; who uses one twice cancels both.
  func begin(_ id: RPCID) -> Call {
    let call = Call(id)
    calls.withLockedValue { $0[id, default: []].append(call) }
    return call
  }

  /// The call has ended.
  func end(_ call: Call) {
    calls.withLockedValue { calls in
      calls[call.id]?.removeAll { $0 === call }
      if calls[call.id]?.isEmpty == true { calls[call.id] = nil }
    }
  }

  /// Cancels the calls of an id; without any nothing happens.
  func cancel(_ id: RPCID) {
    for call in calls.withLockedValue({ $0[id] ?? [] }) { call.cancel() }
  }
}
