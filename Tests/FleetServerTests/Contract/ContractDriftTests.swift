import Fleet
import JSON
import JSONRPC
import RPCSchema
import Testing

@testable import FleetServer

/// Compares the contract with the code, in both directions.
@Suite("The contract and the code")
struct ContractDriftTests {
  private let contract: Contract
  private var document: JSONValue { contract.document }

  init() throws { contract = try Contract() }

  @Test("it has the methods that there are, with their params")
  func methods() throws {
    let methods = try #require(document["methods"]?.arrayValue)
    #expect(Set(methods.compactMap { $0["name"]?.stringValue }) == Set(Method.allCases.map(\.rawValue)))
    for method in Method.allCases {
      let described = methods.first { $0["name"]?.stringValue == method.rawValue }
      let params = described?["params"]?.arrayValue?.compactMap { contract.resolved($0)?["name"]?.stringValue }
      #expect(params.map(Set.init) == Set(method.params), "\(method.rawValue)")
    }
  }

  @Test("it has the errors that there are, with their numbers and their word on retrying")
  func errors() throws {
    guard case .object(let errors)? = document["components"]?["errors"] else {
      Issue.record("there are no errors")
      return
    }
    var described: [String: (Int, Bool)] = [:]
    for error in errors.values {
      let data = try #require(error["data"])
      described[try #require(data["code"]?.stringValue)] = (
        Int(try #require(error["code"]?.integerValue)), data["retryable"] == true
      )
    }
    #expect(Set(described.keys) == Set(RPCErrorKind.allCases.map(\.rawValue)))
    for kind in RPCErrorKind.allCases {
      #expect(try #require(described[kind.rawValue]) == (kind.code.rawValue, kind.isRetryable), "\(kind.rawValue)")
    }
  }

  @Test("it has the statuses and outcomes that there are")
  func words() throws {
    let schemas = document["components"]?["schemas"]
    let statuses = schemas?["AccountStatus"]?["enum"]?.arrayValue?.compactMap(\.stringValue)
    #expect(statuses.map(Set.init) == Set(AccountStatus.allCases.map(\.rawValue)))
    let text = String(decoding: try #require(schemas?["RefreshOutcome"]).serialized(), as: UTF8.self)
    for result in RefreshOutcome.Result.allCases {
      #expect(text.contains("\"\(result.rawValue)\""), "\(result.rawValue)")
    }
  }

  private func expect(
    _ bytes: [UInt8], isWhat name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let differences = contract.differences(of: try JSONReader.parse(bytes), from: contract.schema(name))
    #expect(differences.isEmpty, "\(name)", sourceLocation: sourceLocation)
  }

  @Test("what results and notifications hold is what it says, member by member, at every depth")
  func shapes() throws {
    let account = AccountRecord(
      account: Account(id: "a", email: "a@example.com", plan: Plan("plus"), status: .active), latest: LatestUsage())
    let look = StubFleet.look([account])
    let line = try JSONReader.parse(RenderingTests.line(look))
    try expect(try #require(line["result"]).serialized(), isWhat: "SummaryResult")
    try expect(look.summary().json(subscription: "s"), isWhat: "SubscribeResult")
    let outcome = RefreshOutcome(
      accountID: "a", result: .failed, reason: .overloaded, observedAt: StubFleet.instant,
      blockedUntil: StubFleet.instant)
    let report = RefreshReport(
      usageWritten: false, accountCount: 1, attemptedCount: 1, generatedAt: StubFleet.instant, outcomes: [outcome])
    try expect(report.json(), isWhat: "RefreshResult")
    let health = DaemonHealth(isDraining: false, version: "1")
    try expect(health.json(), isWhat: "HealthResult")
    let statistics = DaemonStatistics(
      health: health, uptime: .seconds(1), server: ServerStatistics(), fleet: StubFleet.statistics)
    try expect(statistics.json(), isWhat: "StatsResult")
  }

  @Test("a notification of a change, and the last one, hold what it says")
  func notifications() throws {
    let names = document["x-notifications"]?.arrayValue?.compactMap { $0["name"]?.stringValue }
    #expect(names == [Method.changed])
    let forms = try #require(contract.schema("FleetChangedParams")?["oneOf"]?.arrayValue)
    let account = AccountRecord(
      account: Account(id: "a", email: "a@example.com", plan: Plan("plus"), status: .active), latest: LatestUsage())
    let change = try #require(StubFleet.look([account]).summary().changes(since: StubFleet.look([]).summary()))
    let values = [
      try JSONReader.parse(change.json(subscription: "s")), .object(Subscription.closingParams(of: "s")),
    ]
    #expect(forms.count == values.count)
    for (form, value) in zip(forms, values) { #expect(contract.differences(of: value, from: form).isEmpty) }
  }

  @Test("the reasons that outcomes may have are words of its lists")
  func reasons() throws {
    let listed = ["SkipReason", "RejectReason", "CoolDownReason", "FailReason"].map { contract.schema($0) }
    let text = listed.map { String(decoding: $0?.serialized() ?? [], as: UTF8.self) }.joined()
    let fixed: [RefreshReason] = [
      .refreshDisabled, .changedMeanwhile, .identityMismatch, .identityUnverified, .workspaceTaken, .noUsageReported,
      .upstreamTimeout, .upstreamUnreachable, .upstreamPayloadInvalid, .exchangeTimeout, .exchangeUnreachable,
      .exchangePayloadInvalid, .exchangeClaimed, .proxyUnavailable, .tokenUndecryptable, .tokenMissing,
      .storeUnavailable, .overloaded, .draining,
    ]
    for reason in fixed { #expect(text.contains("\"\(reason.rawValue)\""), "\(reason.rawValue)") }
  }
}
