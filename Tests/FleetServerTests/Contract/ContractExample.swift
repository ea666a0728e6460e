import JSON
import Testing

@testable import Fleet

/// A worked example of the contract: a call, and what it comes to.
struct ContractExample: Sendable, CustomTestStringConvertible {
  var method: String
  var name: String
  var params: JSONObject
  var result: JSONValue?
  var error: JSONValue?

  var testDescription: String { "\(method): \(name)" }

  /// All that the document has, for every method.
  static func all(of contract: Contract) -> [ContractExample] {
    contract.methods.flatMap { method in
      ((method["examples"]?.arrayValue ?? []) + (method["x-errorExamples"]?.arrayValue ?? [])).map { example in
        let params = (example["params"]?.arrayValue ?? []).compactMap { param -> (String, JSONValue)? in
          guard let name = param["name"]?.stringValue, let value = param["value"] else { return nil }
          return (name, value)
        }
        return ContractExample(
          method: method["name"]?.stringValue ?? "?", name: example["name"]?.stringValue ?? "?",
          params: JSONObject(params) { _, last in last }, result: example["result"]?["value"],
          error: example["error"])
      }
    }
  }

  /// The line that is sent; the document's key is one that the stub knows.
  func line(id: Int64?) -> String {
    var params = params
    if params["token"] == "sk-fleet-EXAMPLE" { params["token"] = "full" }
    var request: JSONObject = ["jsonrpc": "2.0", "method": .string(method), "params": .object(params)]
    if let id { request["id"] = .integer(id) }
    return String(decoding: JSONValue.object(request).serialized(), as: UTF8.self)
  }
}

extension FleetSummary {
  /// The summary that an example shows.
  init(example: JSONValue) throws {
    self = StubFleet.summary([])
    accounts = try #require(example["accounts"]?.arrayValue).map { try AccountSummary(example: $0) }
    generatedAt = try Timestamp(example: example["generatedAt"])
  }
}

extension AccountSummary {
  fileprivate init(example: JSONValue) throws {
    self.init(
      accountID: AccountID(try #require(example["accountId"]?.stringValue)),
      displayName: try #require(example["displayName"]?.stringValue),
      email: try #require(example["email"]?.stringValue),
      status: try #require(example["status"]?.stringValue.flatMap { AccountStatus(rawValue: $0) }),
      plan: try #require(example["planType"]?.stringValue), primary: try Window(example: example["primary"]),
      secondary: try Window(example: example["secondary"]), monthly: try Window(example: example["monthly"]),
      tokensRefreshedAt: Timestamp(shown: example["lastRefreshAt"]),
      usageRefreshedAt: Timestamp(shown: example["usageRefreshedAt"]))
  }
}

extension AccountSummary.Window {
  fileprivate init(example: JSONValue?) throws {
    self.init(
      remainingPercent: example?["remainingPercent"]?.numberValue,
      resetAt: Timestamp(shown: example?["resetAt"]),
      windowMinutes: example?["windowMinutes"]?.integerValue)
  }
}

extension RefreshReport {
  /// The report that an example shows.
  init(example: JSONValue) throws {
    self.init(
      usageWritten: example["usageWritten"] == true,
      accountCount: Int(try #require(example["accountCount"]?.integerValue)),
      attemptedCount: Int(try #require(example["attemptedCount"]?.integerValue)),
      generatedAt: try Timestamp(example: example["generatedAt"]),
      outcomes: try [RefreshOutcome](example: example["outcomes"]))
  }
}

extension [RefreshOutcome] {
  /// The outcomes that an example shows.
  init(example: JSONValue?) throws {
    self = try #require(example?.arrayValue).map { outcome in
      RefreshOutcome(
        accountID: AccountID(try #require(outcome["accountId"]?.stringValue)),
        result: try #require(outcome["outcome"]?.stringValue.flatMap { RefreshOutcome.Result(rawValue: $0) }),
        reason: outcome["reason"]?.stringValue.map { RefreshReason(rawValue: $0) },
        observedAt: Timestamp(shown: outcome["observedAt"]),
        blockedUntil: Timestamp(shown: outcome["blockedUntil"]))
    }
  }
}

extension Timestamp {
  fileprivate init(example: JSONValue?) throws { self = try #require(Timestamp(shown: example)) }

  /// Nil where an example shows none.
  fileprivate init?(shown: JSONValue?) {
    guard let instant = shown?.stringValue.flatMap({ Timestamp(rfc3339: $0) }) else { return nil }
    self = instant
  }
}
