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

extension FleetLook {
  /// A look that shows what an example shows.
  init(example: JSONValue) throws {
    self = StubFleet.look(
      try #require(example["accounts"]?.arrayValue).map { try AccountRecord(example: $0) },
      at: try Timestamp(example: example["generatedAt"]))
  }
}

extension AccountRecord {
  /// An account and rows from which follows what an example shows of it.
  fileprivate init(example: JSONValue) throws {
    let email = try #require(example["email"]?.stringValue)
    let name = try #require(example["displayName"]?.stringValue)
    let recordedAt = Timestamp(shown: example["usageRefreshedAt"]) ?? .distantPast
    self.init(
      account: Account(
        id: AccountID(try #require(example["accountId"]?.stringValue)), email: email,
        alias: name == email ? nil : name, plan: Plan(try #require(example["planType"]?.stringValue)),
        status: try #require(example["status"]?.stringValue.flatMap { AccountStatus(rawValue: $0) }),
        tokensRefreshedAt: Timestamp(shown: example["lastRefreshAt"])),
      latest: LatestUsage(
        primary: UsageSample(shown: example["primary"], at: recordedAt),
        secondary: UsageSample(shown: example["secondary"], at: recordedAt),
        monthly: UsageSample(shown: example["monthly"], at: recordedAt)))
  }
}

extension UsageSample {
  /// The row that a window shows; nil when it shows none.
  fileprivate init?(shown window: JSONValue?, at recordedAt: Timestamp) {
    guard let remaining = window?["remainingPercent"]?.numberValue else { return nil }
    self.init(
      recordedAt: recordedAt, usedPercent: 100 - remaining,
      resetAt: Timestamp(shown: window?["resetAt"])?.unixSeconds, windowMinutes: window?["windowMinutes"]?.integerValue)
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
