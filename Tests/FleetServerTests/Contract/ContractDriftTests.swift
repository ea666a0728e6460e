import Fleet
import JSON
import JSONRPC
import RPCSchema
import Testing

@testable import FleetServer

/// Compares the contract with the code, in both directions.
@Suite("The contract and the code")
struct ContractDriftTests {
  private let document: JSONValue

  init() throws { document = try JSONReader.parse(RPCSchema.document) }

  /// What a reference within the document points at, or the value itself.
  private func resolved(_ value: JSONValue?) -> JSONValue? {
    guard let path = value?["$ref"]?.stringValue else { return value }
    return path.split(separator: "/").dropFirst().reduce(document as JSONValue?) { $0?[String($1)] }
  }

  private func members(_ value: JSONValue?) -> Set<String> {
    guard case .object(let members)? = value else { return [] }
    return Set(members.keys)
  }

  @Test("it has the methods that there are, with their params")
  func methods() throws {
    let methods = try #require(document["methods"]?.arrayValue)
    #expect(Set(methods.compactMap { $0["name"]?.stringValue }) == Set(Method.allCases.map(\.rawValue)))
    for method in Method.allCases {
      let described = methods.first { $0["name"]?.stringValue == method.rawValue }
      let params = described?["params"]?.arrayValue?.compactMap { resolved($0)?["name"]?.stringValue }
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

  @Test("what a summary, a refresh and the statistics hold is what it says, member by member")
  func shapes() throws {
    let schemas = document["components"]?["schemas"]
    func described(_ name: String) -> Set<String> { members(schemas?[name]?["properties"]) }
    func written(_ bytes: [UInt8]) throws -> JSONValue { try JSONReader.parse(bytes) }
    let account = AccountRecord(
      account: Account(id: "a", email: "a@example.com", plan: Plan("plus"), status: .active), latest: LatestUsage())
    let summary = try written(StubFleet.summary([account]).json())
    #expect(members(summary) == described("SummaryResult"))
    #expect(members(summary["accounts"]?.arrayValue?.first) == described("Account"))
    #expect(members(summary["accounts"]?.arrayValue?.first?["primary"]) == described("Window"))
    #expect(members(try written(StubFleet.report.json())) == described("RefreshResult"))
    #expect(
      members(try written(StubFleet.summary([]).json(subscription: "s"))) == described("SubscribeResult"))
    let health = DaemonHealth(isDraining: false, version: "1")
    #expect(members(try written(health.json())) == described("HealthResult"))
    let statistics = try written(
      DaemonStatistics(health: health, uptime: .seconds(1), server: ServerStatistics(), fleet: StubFleet.statistics)
        .json())
    #expect(members(statistics) == described("StatsResult"))
    #expect(members(statistics["flights"]) == described("FlightCounts"))
  }
}
