internal import CodexLogin
internal import Fleet
internal import JSON

/// Claims hold text without white space around it, and come back the same from a token that holds just them.
///
/// The input is read twice: as a token, and as the middle part of one before it is encoded.
enum IDTokenTarget {
  static func check(_ input: [UInt8]) throws(BrokenPromise) {
    try checkBase64(input)
    try check(token: String(decoding: input, as: UTF8.self))
    try check(token: token(payload: input))
  }

  /// A token around a middle part.
  static func token(payload: [UInt8]) -> String {
    [Array(#"{"alg":"none"}"#.utf8), payload, [0]]
      .map { Base64URL.encode($0, padding: .none) }.joined(separator: ".")
  }

  private static func check(token: String) throws(BrokenPromise) {
    guard let claims = IdentityClaims(idToken: token) else { return }
    let members = claims.members
    for (_, value) in members {
      try promise("a claim is trimmed and not empty", value.stringValue.nonBlank == value.stringValue)
    }
    let again = Self.token(payload: JSONValue.object(members).serialized())
    try promise("claims come back the same", IdentityClaims(idToken: again) == claims)
  }

  private static func checkBase64(_ text: [UInt8]) throws(BrokenPromise) {
    if let bytes = Base64URL.decode(text, padding: .required) {
      try promise("padded Base64 has one form", Array(Base64URL.encode(bytes, padding: .required).utf8) == text)
    }
    if let bytes = Base64URL.decode(text, padding: .none) {
      let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }
      let encoded = Array(Base64URL.encode(bytes, padding: .none).utf8)
      try promise("Base64 has one form, padding apart", encoded == text.dropLast(padding.count))
    }
    try promise(
      "bytes come back from Base64",
      Base64URL.decode(Base64URL.encode(text, padding: .none).utf8, padding: .none) == text
        && Base64URL.decode(Base64URL.encode(text, padding: .required).utf8, padding: .required) == text)
  }
}

extension IdentityClaims {
  /// The claims that are there, by names that are read first.
  fileprivate var members: JSONObject {
    let texts: [(name: String, text: String?)] = [
      ("email", email), ("chatgpt_plan_type", planType), ("chatgpt_account_id", chatGPTAccountID),
      ("chatgpt_user_id", chatGPTUserID), ("workspace_id", workspaceID), ("workspace_label", workspaceLabel),
      ("seat_type", seatType),
    ]
    var members = JSONObject()
    for (name, text) in texts {
      if let text { members[name] = .string(text) }
    }
    return members
  }
}
