internal import Fleet
internal import JSONRPC
internal import Logging

/// Runs single calls: finds the method, asks who is calling, judges the params, does the work, words the answer.
struct CallDispatcher: Sendable {
  let service: any FleetCalls
  let limits: ServerLimits
  let health: @Sendable () -> DaemonHealth
  let counters: CallCounters
  let logger: Logger

  /// Runs a call to its end; whatever goes wrong becomes its answer.
  func run(_ request: RPCRequest, connection: Int) async -> CallResult {
    counters.callStarted()
    defer { counters.callEnded() }
    let start = ContinuousClock.now
    var authentication = CallResult.Authentication.notAsked
    let method = Method(rawValue: request.method)
    let outcome: Result<[UInt8], RPCError>?
    do throws(CallFailure) {
      outcome = .success(try await result(of: method, request, &authentication))
    } catch {
      switch error {
      case .unauthenticated(let error):
        authentication = .failed
        outcome = .failure(error)
      case .refused(let error): outcome = .failure(error)
      case .unexpected(let text): outcome = .failure(report(text, connection: connection))
      case .abandoned: outcome = nil
      }
    }
    logger.debug(
      "call",
      metadata: [
        // An unknown name comes from outside and may be anything.
        "method": "\(method?.rawValue ?? "unknown")", "code": "\(Self.code(of: outcome))",
        "duration": "\(ContinuousClock.now - start)", "connection": "\(connection)",
      ])
    return CallResult(answer: Self.answer(to: request, outcome), authentication: authentication)
  }

  private func result(
    of method: Method?, _ request: RPCRequest, _ authentication: inout CallResult.Authentication
  ) async throws(CallFailure) -> [UInt8] {
    guard let method else { throw .refused(.methodNotFound(request.method)) }
    let params = CallParams(members: request.params)
    switch method {
    case .health:
      _ = try judged(params, method)
      return health().json()
    case .summary:
      let caller = try await caller(params)
      authentication = .passed
      let ids = try judged(params, method)
      do {
        return try await service.summary(for: caller, accountIDs: ids).json()
      } catch {
        throw CallFailure(error)
      }
    case .refresh:
      let caller = try await caller(params)
      authentication = .passed
      let ids = try judged(params, method)
      do {
        return try await service.refresh(for: caller, accountIDs: ids).json()
      } catch {
        throw CallFailure(error)
      }
    }
  }

  /// Whoever holds the token; looked up before the params are judged, so that strangers learn nothing of them.
  private func caller(_ params: CallParams) async throws(CallFailure) -> Caller {
    guard let digest = params.keyDigest else { throw .unauthenticated(.missingAPIKey) }
    do {
      return try await service.caller(holding: digest)
    } catch {
      throw CallFailure(error)
    }
  }

  private func judged(_ params: CallParams, _ method: Method) throws(CallFailure) -> Set<AccountID>? {
    do {
      try params.refuseUnknown(for: method)
      return try params.accountIDs(atMost: limits.accountIDsPerCall)
    } catch {
      throw .refused(error)
    }
  }

  private func report(_ text: String, connection: Int) -> RPCError {
    let incident = String(UInt64.random(in: .min ... .max), radix: 16)
    logger.error(
      "call failed unexpectedly",
      metadata: ["incident": "\(incident)", "reason": "\(text)", "connection": "\(connection)"])
    return .internalError(incident: incident)
  }

  private static func code(of outcome: Result<[UInt8], RPCError>?) -> String {
    switch outcome {
    case .success: "ok"
    case .failure(let error): error.dataCode
    case nil: "abandoned"
    }
  }

  private static func answer(to request: RPCRequest, _ outcome: Result<[UInt8], RPCError>?) -> [UInt8]? {
    guard let id = request.id else { return nil }
    switch outcome {
    case .success(let result): return RPCEncoder.result(id: id, rawResult: result)
    case .failure(let error): return RPCEncoder.error(id: id, error)
    case nil: return nil
    }
  }
}
