public import Fleet
internal import JSON

extension IdentityClaims {
  /// Reads the claims of an OpenAI id token, unchecked; nil when it is no JSON Web Token.
  ///
  /// Each claim is looked for among OpenAI's own first, then among the token's; some go by several names.
  public init?(idToken: String) {
    guard let claims = IDTokenPayload(idToken) else { return nil }
    self.init(
      email: claims.text(["email"]),
      planType: claims.text(["chatgpt_plan_type"]),
      chatGPTAccountID: claims.text(["chatgpt_account_id"]),
      chatGPTUserID: claims.text(["chatgpt_user_id", "user_id"]),
      workspaceID: claims.text(["workspace_id", "chatgpt_workspace_id", "organization_id"]),
      workspaceLabel: claims.text(["workspace_label", "workspace_name", "organization_name"]),
      seatType: claims.text(["seat_type", "chatgpt_seat_type"]))
  }
}

/// The middle part of a JSON Web Token.
private struct IDTokenPayload {
  private static let authClaim = "https://api.openai.com/auth"

  private let claims: JSONValue

  init?(_ token: String) {
    let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard
      parts.count == 3,
      let payload = Base64URL.decode(parts[1], padding: .none),
      let claims = try? JSONReader.parse(payload),
      claims.objectValue != nil
    else { return nil }
    self.claims = claims
  }

  /// The first claim of one of these names that holds text.
  func text(_ names: [String]) -> String? {
    for scope in [claims[Self.authClaim], claims] {
      for name in names {
        if let text = scope?[name]?.stringValue.nonBlank { return text }
      }
    }
    return nil
  }
}
