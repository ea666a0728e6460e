internal import CodexLogin
internal import JSON

extension SimulatedAccount {
  /// The usage call's answer.
  var usagePayload: JSONValue {
    var body: JSONObject = ["plan_type": .string(plan)]
    if let workspace {
      body["workspace_id"] = .string(workspace.id)
      body["workspace_label"] = workspace.label.map(JSONValue.string)
      body["seat_type"] = workspace.seatType.map(JSONValue.string)
    }
    body["rate_limit"] = Self.limit(usage.primary, usage.secondary)
    if let credits = usage.credits {
      body["credits"] = [
        "has_credits": .bool(credits.has), "unlimited": .bool(credits.unlimited), "balance": .string(credits.balance),
      ]
    }
    switch usage.additional {
    case .absent: break
    case .empty: body["additional_rate_limits"] = []
    case .list(let limits): body["additional_rate_limits"] = .array(limits.map(Self.additional))
    }
    return .object(body)
  }

  /// The id token: a JSON web token that nobody signed.
  var idToken: String {
    var auth: JSONObject = [
      "chatgpt_plan_type": .string(plan), "chatgpt_account_id": .string(chatGPTAccountID),
      "chatgpt_user_id": .string(chatGPTUserID),
    ]
    if let workspace {
      auth["workspace_id"] = .string(workspace.id)
      auth["workspace_label"] = workspace.label.map(JSONValue.string)
      auth["seat_type"] = workspace.seatType.map(JSONValue.string)
    }
    let claims: JSONValue = [
      "email": .string(email), "sub": .string(chatGPTUserID), "https://api.openai.com/auth": .object(auth),
    ]
    let header: JSONValue = ["alg": "none", "typ": "JWT"]
    return [header.serialized(), claims.serialized(), Array("unsigned".utf8)].map {
      Base64URL.encode($0, padding: .none)
    }.joined(separator: ".")
  }

  private static func limit(_ primary: Window?, _ secondary: Window?) -> JSONValue {
    [
      "primary_window": primary.map(Self.window) ?? .null,
      "secondary_window": secondary.map(Self.window) ?? .null,
    ]
  }

  private static func additional(_ limit: AdditionalLimit) -> JSONValue {
    var body: JSONObject = [:]
    body["limit_name"] = limit.name.map(JSONValue.string)
    body["metered_feature"] = limit.feature.map(JSONValue.string)
    body["rate_limit"] = Self.limit(limit.primary, limit.secondary)
    return .object(body)
  }

  private static func window(_ window: Window) -> JSONValue {
    var body: JSONObject = [:]
    body["used_percent"] = window.usedPercent.map(JSONValue.number)
    body["limit_window_seconds"] = window.limitWindowSeconds.map { .integer(Int64($0)) }
    body["reset_after_seconds"] = window.resetAfterSeconds.map { .integer(Int64($0)) }
    body["reset_at"] = window.resetAt.map { .integer(Int64($0)) }
    return .object(body)
  }
}
