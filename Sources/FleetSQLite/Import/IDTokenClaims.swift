internal import JSON

/// The claims of an OpenAI id token, unchecked.
struct IDTokenClaims {
  private static let authClaim = "https://api.openai.com/auth"

  private let claims: JSONValue

  /// Reads the claims of a JSON Web Token, nil when it is none.
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

  /// The first claim of one of these names that holds text: among OpenAI's own claims, then among the token's.
  func text(_ names: [String]) -> String? {
    for scope in [claims[Self.authClaim], claims] {
      for name in names {
        if let text = scope?[name]?.stringValue?.nonBlank { return text }
      }
    }
    return nil
  }
}
