internal import JSONRPC

/// Runs the calls of one connection side by side, each as a child task of the connection's.
struct ConnectionCalls: Sendable {
  let connection: Connection
  let dispatcher: CallDispatcher

  /// Returns when the client is gone and its last call has ended.
  ///
  /// A client that is gone waits for nothing: its calls are cancelled. Notifications are not, because who sends one
  /// and hangs up has done nothing wrong.
  func run() async {
    await withDiscardingTaskGroup { notifications in
      await withDiscardingTaskGroup { calls in
        for await request in connection.requests {
          if request.isNotification {
            notifications.addTask { await run(request) }
          } else {
            calls.addTask { await run(request) }
          }
        }
        calls.cancelAll()
      }
    }
    connection.close()
  }

  private func run(_ request: RPCRequest) async {
    connection.deliver(await dispatcher.run(request, connection: connection.number))
  }
}
