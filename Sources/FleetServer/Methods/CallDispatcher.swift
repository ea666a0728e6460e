internal import Fleet
internal import JSONRPC
internal import Logging

/// Runs single calls: finds the method, asks who is calling, judges the params, does the work, words the answer.
struct CallDispatcher: Sendable {
  let service: any FleetCalls
  let limits: ServerLimits
  let health: @Sendable () -> DaemonHealth
  let statistics: @Sendable () -> DaemonStatistics
  let counters: CallCounters
  let renderings: SummaryRenderings
  let clock: any FleetClock

  /// What a call has come to when nothing went wrong.
  struct Success {
    /// The result.
    var result: CallOutput
    /// What it opened.
    var subscription: Subscription?
  }

  /// A call's result.
  enum CallOutput {
    case json([UInt8])
    /// A summary of accounts that are rendered already.
    case summary(FleetRendering, at: Timestamp)
  }

  /// Runs a call to its end; whatever goes wrong becomes its answer.
  func run(
    _ request: RPCRequest, of connection: Connection, _ subscriptions: SubscriptionRegistry
  ) async -> FinishedCall {
    counters.callStarted()
    defer { counters.callEnded() }
    let record = CallRecord(connection.logger)
    var authentication = CallResult.Authentication.notAsked
    let method = Method(rawValue: request.method)
    let outcome: Result<Success, RPCError>?
    do throws(CallFailure) {
      outcome = .success(try await success(of: method, request, subscriptions, &authentication))
    } catch {
      switch error {
      case .unauthenticated(let error):
        authentication = .failed
        outcome = .failure(error)
      case .refused(let error): outcome = .failure(error)
      case .unexpected(let text): outcome = .failure(report(text, connection.logger))
      case .abandoned: outcome = nil
      }
    }
    // An unknown name comes from outside and may be anything.
    record.write(method?.rawValue ?? "unknown", code: Self.code(of: outcome))
    var subscription: Subscription?
    if case .success(let success) = outcome { subscription = success.subscription }
    return FinishedCall(
      answer: Self.answer(to: request, outcome), authentication: authentication, subscription: subscription)
  }

  private func success(
    of method: Method?, _ request: RPCRequest, _ subscriptions: SubscriptionRegistry,
    _ authentication: inout CallResult.Authentication
  ) async throws(CallFailure) -> Success {
    guard let method else { throw .refused(.methodNotFound(request.method)) }
    let params = CallParams(members: request.params)
    switch method {
    case .cancelRequest:
      throw .refused(.invalidRequest("'\(request.method)' is a notification and takes no id of its own"))
    case .health, .discover:
      try judge { () throws(RPCError) in try params.refuseUnknown(for: method) }
      return Success(result: .json(method == .health ? health().json() : ContractDocument.bytes))
    case .summary, .refresh, .subscribe, .unsubscribe, .statistics:
      // Whoever holds the token is looked up before the params are judged, so that strangers learn nothing of them.
      guard let digest = params.keyDigest else { throw .unauthenticated(.missingAPIKey) }
      let caller: Caller
      do {
        caller = try await service.caller(holding: digest)
      } catch {
        throw CallFailure(error)
      }
      authentication = .passed
      try judge { () throws(RPCError) in try params.refuseUnknown(for: method) }
      return try await success(of: method, params, caller, digest, subscriptions)
    }
  }

  /// The part of a call that is the caller's own business.
  private func success(
    of method: Method, _ params: CallParams, _ caller: Caller, _ digest: APIKeyDigest,
    _ subscriptions: SubscriptionRegistry
  ) async throws(CallFailure) -> Success {
    switch method {
    case .summary:
      let look = try await look(for: caller, try accountIDs(params))
      return Success(result: .summary(await renderings.rendering(of: look), at: look.now))
    case .refresh:
      let ids = try accountIDs(params)
      let timeout = try judge { () throws(RPCError) in try params.timeout() }
      return Success(result: .json(try await refresh(for: caller, ids, within: timeout).json()))
    case .subscribe:
      return try await subscribe(caller, digest, try accountIDs(params), subscriptions)
    case .unsubscribe:
      let id = try judge { () throws(RPCError) in try params.subscription() }
      guard subscriptions.close(id) else {
        throw .refused(
          .invalidParams(
            param: CallParams.subscriptionName, expected: "the name of a subscription that is open on this connection"))
      }
      return Success(result: .json(Array(#"{"ok":true}"#.utf8)))
    case .statistics: return Success(result: .json(statistics().json()))
    case .health, .discover, .cancelRequest: throw .unexpected("\(method.rawValue) has no caller")
    }
  }

  private func look(for caller: Caller, _ ids: Set<AccountID>?) async throws(CallFailure) -> FleetLook {
    do {
      return try await service.look(for: caller, accountIDs: ids)
    } catch {
      throw CallFailure(error)
    }
  }

  /// Refreshes, and waits for the report; when the time is over first only the wait ends.
  private func refresh(
    for caller: Caller, _ ids: Set<AccountID>?, within timeout: Duration?
  ) async throws(CallFailure) -> RefreshReport {
    let (service, clock) = (service, clock)
    let first = await withTaskGroup(of: Result<RefreshReport, RefreshRefusal>?.self) { group in
      group.addTask {
        do throws(RefreshRefusal) {
          return .success(try await service.refresh(for: caller, accountIDs: ids))
        } catch {
          return .failure(error)
        }
      }
      if let timeout {
        group.addTask {
          try? await clock.sleep(for: timeout)
          return nil
        }
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
    switch first {
    case .success(let report): return report
    case .failure(let refusal): throw CallFailure(refusal)
    case nil: throw Task.isCancelled ? .abandoned : .refused(.deadlineExceeded)
    }
  }

  private func subscribe(
    _ caller: Caller, _ digest: APIKeyDigest, _ ids: Set<AccountID>?, _ subscriptions: SubscriptionRegistry
  ) async throws(CallFailure) -> Success {
    guard counters.subscriptions.running < limits.subscriptions else {
      throw .refused(
        .overloaded("Too many subscriptions: the daemon allows \(limits.subscriptions) at a time, try again later"))
    }
    guard let id = subscriptions.reserve() else {
      throw .refused(
        .overloaded("Too many subscriptions: a connection may have \(limits.subscriptionsPerConnection) at a time"))
    }
    // Listened to before the first look, so that nothing falls between the two.
    let changes = service.changes()
    let first: FleetSummary
    do {
      first = try await look(for: caller, ids).summary()
    } catch {
      subscriptions.close(id)
      throw error
    }
    return Success(
      result: .json(first.json(subscription: id)),
      subscription: Subscription(
        id: id, digest: digest, accountIDs: ids, first: first, changes: changes, service: service, counters: counters,
        clock: clock))
  }

  private func accountIDs(_ params: CallParams) throws(CallFailure) -> Set<AccountID>? {
    try judge { () throws(RPCError) in try params.accountIDs(atMost: limits.accountIDsPerCall) }
  }

  private func judge<Value>(_ judgement: () throws(RPCError) -> Value) throws(CallFailure) -> Value {
    do {
      return try judgement()
    } catch {
      throw .refused(error)
    }
  }

  private func report(_ text: String, _ logger: Logger) -> RPCError {
    let incident = String(UInt64.random(in: .min ... .max), radix: 16)
    logger.error("call failed unexpectedly", metadata: ["incident": "\(incident)", "reason": "\(text)"])
    return .internalError(incident: incident)
  }

  private static func code(of outcome: Result<Success, RPCError>?) -> String {
    switch outcome {
    case .success: CallRecord.success
    case .failure(let error): error.dataCode
    case nil: "abandoned"
    }
  }

  private static func answer(to request: RPCRequest, _ outcome: Result<Success, RPCError>?) -> AnswerLine? {
    guard let id = request.id else { return nil }
    switch outcome {
    case .success(let success):
      switch success.result {
      case .json(let result): return .bytes(RPCEncoder.result(id: id, rawResult: result))
      case .summary(let rendering, let instant): return .summary(id: id, rendering, at: instant)
      }
    case .failure(let error): return .bytes(RPCEncoder.error(id: id, error))
    case nil: return nil
    }
  }
}
