internal import JSONRPC

/// Runs the calls of one connection side by side, each as a child task of the connection's.
struct ConnectionCalls: Sendable {
  private let connection: Connection
  private let dispatcher: CallDispatcher
  private let registry = CallRegistry()
  private let subscriptions: SubscriptionRegistry

  init(connection: Connection, dispatcher: CallDispatcher) {
    self.connection = connection
    self.dispatcher = dispatcher
    subscriptions = SubscriptionRegistry(limit: dispatcher.limits.subscriptionsPerConnection)
  }

  /// Returns when the client is gone and its last call has ended.
  ///
  /// A client that is gone waits for nothing: its calls are cancelled. Notifications are not, because who sends one
  /// and hangs up has done nothing wrong.
  func run() async {
    await withDiscardingTaskGroup { notifications in
      await withDiscardingTaskGroup { calls in
        for await line in connection.lines {
          switch line {
          case .single(let request):
            guard !cancels(request) else { continue }
            if let id = request.id {
              let call = registry.begin(id)
              calls.addTask { await answer(request, call) }
            } else {
              notifications.addTask { await take(notification: request) }
            }
          case .batch(let entries):
            var jobs: [BatchJob] = []
            for entry in entries {
              switch entry {
              case .request(let request) where request.isNotification:
                if !cancels(request) { notifications.addTask { await take(notification: request) } }
              case .request(let request): jobs.append(.call(request, request.id.map { registry.begin($0) }))
              case .invalid(let id, let error): jobs.append(.refused(RPCEncoder.error(id: id, error)))
              case .invalidNotification, .batch: break
              }
            }
            calls.addTask { [jobs] in await answer(jobs) }
          }
        }
        calls.cancelAll()
      }
    }
    await subscriptions.endAll()
    connection.close()
  }

  /// What a batch is answered for.
  private enum BatchJob: Sendable {
    case call(RPCRequest, CallRegistry.Call?)
    case refused([UInt8])
  }

  /// Whether a request was a cancellation, which takes effect before the next line is looked at.
  private func cancels(_ request: RPCRequest) -> Bool {
    guard request.isNotification, Method(rawValue: request.method) == .cancelRequest else { return false }
    if let id = CallParams(members: request.params).cancelledID { registry.cancel(id) }
    connection.deliver(CallResult(answer: nil, authentications: [.notAsked]))
    return true
  }

  private func take(notification: RPCRequest) async {
    let finished = await dispatcher.run(notification, of: connection, subscriptions)
    connection.deliver(CallResult(answer: nil, authentications: [finished.authentication]))
    // Nobody was told its name.
    if let subscription = finished.subscription { subscriptions.close(subscription.id) }
  }

  private func answer(_ request: RPCRequest, _ call: CallRegistry.Call) async {
    let finished = await finish(request, call)
    connection.deliver(
      CallResult(
        answer: finished.answer, authentications: [finished.authentication],
        subscriptions: finished.subscription == nil ? 0 : 1))
    if let subscription = finished.subscription { begin(subscription) }
  }

  private func answer(_ jobs: [BatchJob]) async {
    let finished = await withTaskGroup(of: (Int, FinishedCall).self) { group in
      for (index, job) in jobs.enumerated() {
        guard case .call(let request, let call?) = job else { continue }
        group.addTask { (index, await finish(request, call)) }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    let answers = jobs.enumerated().compactMap { index, job -> [UInt8]? in
      if case .refused(let answer) = job { return answer }
      return finished[index]?.answer?.bytes
    }
    connection.deliver(
      CallResult(
        answer: answers.isEmpty ? nil : .bytes(RPCEncoder.batch(answers)),
        authentications: finished.isEmpty ? [.notAsked] : jobs.indices.compactMap { finished[$0]?.authentication },
        subscriptions: finished.values.count { $0.subscription != nil }))
    for index in jobs.indices {
      if let subscription = finished[index]?.subscription { begin(subscription) }
    }
  }

  /// Runs a call to its end, or until the client cancels it. A subscription that it has opened is to be begun.
  private func finish(_ request: RPCRequest, _ call: CallRegistry.Call) async -> FinishedCall {
    defer { registry.end(call) }
    var finished = await call.run { await dispatcher.run(request, of: connection, subscriptions) }
    if call.isCancelled, let id = request.id {
      finished.answer = .bytes(RPCEncoder.error(id: id, .requestCancelled))
      if let subscription = finished.subscription { subscriptions.close(subscription.id) }
      finished.subscription = nil
    }
    finished.subscription?.countAsOpen()
    return finished
  }

  private func begin(_ subscription: Subscription) {
    subscriptions.run(subscription.id) {
      await subscription.run { [subscriptions] line in
        await connection.notify(line, while: { subscriptions.isOpen(subscription.id) })
      }
      connection.subscriptionEnded()
    }
  }
}
