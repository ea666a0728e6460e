internal import JSON

/// Everything the simulated provider knows; decides about requests, sends nothing.
struct SimulatorState: Sendable {
  typealias Watcher = (call: UpstreamSimulator.Call, count: Int, signal: AsyncStream<Never>.Continuation)

  var accounts: [String: SimulatedAccount] = [:]
  var tokens = TokenBook()
  var usageBehaviours = BehaviourTable()
  var tokenBehaviours = BehaviourTable()
  var counters = SimulatorCounters()
  private(set) var usedAccessTokens: Set<String> = []
  var isStopped = false
  /// The calls whose gates are closed, and the sends that wait there.
  var held: [UpstreamSimulator.Call: [@Sendable () -> Void]] = [:]
  var watchers: [Watcher] = []
  private(set) var recorded: [RecordedRequest] = []
  private(set) var exchanges: [SimulatedExchange] = []
  private(set) var reusedTokens: Set<String> = []

  /// How many requests are remembered; those that come later are only counted.
  private static let recordLimit = 20_000
  private static let clientID = "app_EMoamEEZ73f0CkXaXp7hrann"

  /// Takes note of a request and decides what it gets.
  mutating func receive(_ request: RecordedRequest) -> SimulatorReply {
    let path = request.path.prefix { $0 != "?" }
    if path != "/_simulator/counters", recorded.count < Self.recordLimit { recorded.append(request) }
    switch (request.method, path) {
    case ("GET", "/backend-api/wham/usage"), ("GET", "/wham/usage"): return usage(request)
    case ("POST", _) where path.hasSuffix("/oauth/token"): return exchange(request, client: String(path.dropLast(12)))
    case ("GET", "/_simulator/counters"): return SimulatorReply(.init(status: 200, json: counters.json))
    default: return SimulatorReply(.init(status: 404, .message("no such resource")))
    }
  }

  /// Those who wait for as many usage requests as have arrived by now.
  mutating func takeReachedWatchers() -> [AsyncStream<Never>.Continuation] {
    let isReached = { [isStopped, counters] (watcher: Watcher) in
      isStopped || watcher.count <= counters.requests(watcher.call)
    }
    defer { watchers.removeAll(where: isReached) }
    return watchers.filter(isReached).map(\.signal)
  }

  private mutating func usage(_ request: RecordedRequest) -> SimulatorReply {
    let token = request.header("authorization").map { String($0.dropFirst("Bearer ".count)) }
    let account = token.flatMap { tokens.owner(ofAccessToken: $0) }
    counters.usageRequests += 1
    if let token { usedAccessTokens.insert(token) }
    counters.usageInProgress += 1
    counters.usageInProgressAtMost = max(counters.usageInProgressAtMost, counters.usageInProgress)
    if let account { counters.usageRequestsByAccount[account, default: 0] += 1 }
    var reply = SimulatorReply(usageBehaviours.next(account: account)) { normalUsage(account) }
    reply.call = .usage
    return reply
  }

  private func normalUsage(_ id: String?) -> SimulatorReply.Response {
    guard let id, let account = accounts[id] else {
      return .init(status: 401, .object(code: "unauthorized", message: "the access token is not valid"))
    }
    guard !tokens.dead.contains(id) else {
      return .init(status: 401, .object(code: "token_invalidated", message: "the session has ended"))
    }
    return .init(status: 200, json: account.usagePayload)
  }

  private mutating func exchange(_ request: RecordedRequest, client: String) -> SimulatorReply {
    counters.tokenRequests += 1
    let body = try? JSONReader.parse(request.body)
    let refreshToken = body?["refresh_token"]?.stringValue ?? ""
    let isExchange =
      body?["grant_type"]?.stringValue == "refresh_token" && body?["client_id"]?.stringValue == Self.clientID
    let behaviour = tokenBehaviours.next(account: tokens.owner(ofRefreshToken: refreshToken))
    let invalid = SimulatorReply.Response(
      status: 400, .object(code: "invalid_request", message: "not a token exchange"))
    var reply = SimulatorReply(behaviour) { invalid }
    reply.call = .token
    if isExchange {
      reply.late = { state in SimulatorReply(behaviour) { state.renew(refreshToken, for: client) }.content }
    }
    return reply
  }

  private mutating func renew(_ refreshToken: String, for client: String) -> SimulatorReply.Response {
    switch tokens.exchange(refreshToken) {
    case .reused:
      counters.refreshTokensReused += 1
      reusedTokens.insert(refreshToken)
      return .init(status: 401, .object(code: "refresh_token_reused", message: "the refresh token was used before"))
    case .unknown:
      return .init(status: 401, .object(code: "refresh_token_invalidated", message: "the refresh token is not valid"))
    case .renewed(let id):
      guard let account = accounts[id], let new = tokens.tokens(of: id) else {
        return .init(status: 500, .message("the account is gone"))
      }
      exchanges.append(
        SimulatedExchange(account: id, presented: refreshToken, issued: new.refresh, client: client, answeredAt: .now))
      return .init(
        status: 200,
        json: [
          "access_token": .string(new.access), "refresh_token": .string(new.refresh),
          "id_token": .string(account.idToken), "token_type": "Bearer", "expires_in": 864_000,
        ])
    }
  }
}
