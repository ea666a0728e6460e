import FleetCommand
import JSON

@testable import FleetClient

/// Answers of a daemon, as it would send them at 2026-11-24T12:00:00Z.
enum Fleets {
  static let window = #"{"remainingPercent":82.4,"resetAt":"2026-11-24T14:14:00Z","windowMinutes":300}"#
  static let week = #"{"remainingPercent":64,"resetAt":"2026-11-27T16:00:00Z","windowMinutes":10080}"#
  static let blank = #"{"remainingPercent":null,"resetAt":null,"windowMinutes":null}"#

  static func account(
    _ id: String, name: String, status: String = "active", plan: String = "plus", primary: String = window,
    secondary: String = week, monthly: String = blank, login: String? = "2026-11-20T08:00:00Z",
    sample: String? = "2026-11-24T11:57:00Z"
  ) -> String {
    func text(_ text: String?) -> String {
      guard let text else { return "null" }
      return String(decoding: JSONValue.string(text).serialized(), as: UTF8.self)
    }
    return """
      {"accountId":\(text(id)),"displayName":\(text(name)),"email":"\(id)@example.com","status":\(text(status)),\
      "planType":\(text(plan)),"primary":\(primary),"secondary":\(secondary),"monthly":\(monthly),\
      "lastRefreshAt":\(text(login)),"usageRefreshedAt":\(text(sample))}
      """
  }

  static func summary(_ accounts: String...) -> String { summary(accounts) }

  static func summary(_ accounts: [String]) -> String {
    #"{"accounts":[\#(accounts.joined(separator: ","))],"generatedAt":"2026-11-24T12:00:00Z"}"#
  }

  static func window(_ percent: Double?, _ reset: String?, _ minutes: Int?) -> String {
    let reset = reset.map { "\"\($0)\"" } ?? "null"
    return """
      {"remainingPercent":\(percent.map { "\($0)" } ?? "null"),"resetAt":\(reset),\
      "windowMinutes":\(minutes.map { "\($0)" } ?? "null")}
      """
  }

  /// Every status, shares of every colour, names of every kind.
  static let mixed = summary(mixedAccounts)

  /// The same, and accounts that are counted by month.
  static let widest = summary(
    mixedAccounts + [
      account(
        "b1", name: "trial", plan: "free", primary: blank, secondary: blank,
        monthly: window(42, "2026-12-20T00:00:00Z", 43_200)),
      account(
        "b2", name: "spare", plan: "free", primary: blank, secondary: blank,
        monthly: window(100, "2026-11-27T16:00:00Z", 43_200)),
    ])

  private static let mixedAccounts = [
    account("a1", name: "work"),
    account(
      "a2", name: "anna.maria.with.a.long.name@example.com", status: "rate_limited", plan: "pro",
      primary: window(0, "2026-11-24T12:14:00Z", 300), secondary: window(12.9, "2026-11-29T03:00:00Z", 10_080),
      sample: "2026-11-24T11:59:20Z"),
    account(
      "a3", name: "山田太郎", plan: "team", primary: window(45, "2026-11-24T12:00:59Z", 300),
      secondary: window(100, "2026-12-01T10:00:00Z", 10_080), sample: "2026-11-24T10:00:00Z"),
    account(
      "a4", name: "bad\u{1B}[31m\u{202E}na\nme", status: "quota_exceeded", plan: "business",
      primary: window(99.9, nil, 300), secondary: window(0, "2026-11-24T11:00:00Z", 10_080),
      sample: "2026-11-24T11:59:59Z"),
    account("a5", name: "👩‍👩‍👧 family", status: "reauth_required", primary: blank, secondary: blank, sample: nil),
    account("a6", name: "Zoe\u{0301}", status: "paused", plan: "enterprise"),
    account("a7", name: "old", status: "deactivated", plan: "unknown", primary: blank, secondary: blank, sample: nil),
  ]

  /// A plan that is counted by month beside one that is not.
  static let monthly = summary(
    account("m1", name: "work"),
    account(
      "m2", name: "trial", plan: "free", primary: blank, secondary: blank,
      monthly: window(0.3, "2026-12-20T00:00:00Z", 43_200)))

  /// What many have: a few paid accounts, and a free one that is counted by month.
  static let everyday = summary(
    account("e1", name: "work"),
    account(
      "e2", name: "anna@example.com", status: "rate_limited", plan: "pro",
      primary: window(0, "2026-11-24T12:14:00Z", 300), secondary: window(31.5, "2026-11-29T03:00:00Z", 10_080),
      sample: "2026-11-24T11:59:20Z"),
    account(
      "e3", name: "shared.team.login@example.com", plan: "team", primary: window(45, "2026-11-24T16:05:00Z", 300),
      secondary: window(100, "2026-12-01T10:00:00Z", 10_080), sample: "2026-11-24T10:00:00Z"),
    account("e4", name: "home", primary: window(97, "2026-11-24T16:59:00Z", 300)),
    account("e5", name: "lab", status: "reauth_required", primary: blank, secondary: blank, sample: nil),
    account(
      "e6", name: "trial", plan: "free", primary: blank, secondary: blank,
      monthly: window(42, "2026-12-20T00:00:00Z", 43_200)))

  static let outcomes = [
    #"{"accountId":"a1","outcome":"written","observedAt":"2026-11-24T12:00:00Z"}"#,
    #"{"accountId":"a2","outcome":"fresh","observedAt":"2026-11-24T11:59:20Z"}"#,
    #"{"accountId":"a3","outcome":"coolingDown","reason":"upstream_401","blockedUntil":"2026-11-24T12:04:00Z"}"#,
    #"{"accountId":"a4","outcome":"failed","reason":"upstream_429","blockedUntil":"2026-11-25T00:00:00Z"}"#,
    #"{"accountId":"a5","outcome":"skipped","reason":"reauth_required"}"#,
    #"{"accountId":"a6","outcome":"rejected","reason":"identity_mismatch","observedAt":"2026-11-23T12:00:00Z"}"#,
    #"{"accountId":"a7","outcome":"failed","reason":"upstream_timeout"}"#,
  ]

  static func refresh(_ outcomes: [String]) -> String {
    """
    {"ok":true,"usageWritten":true,"accountCount":\(outcomes.count),"attemptedCount":\(outcomes.count),\
    "generatedAt":"2026-11-24T12:00:00Z","outcomes":[\(outcomes.joined(separator: ","))]}
    """
  }

  static func decodedSummary(_ json: String) throws -> FleetClient.Summary {
    try FleetClient.Summary(decoding: JSONReader.parse(json))
  }

  static func decodedRefresh(_ json: String) throws -> FleetClient.RefreshResult {
    try FleetClient.RefreshResult(decoding: JSONReader.parse(json))
  }
}
