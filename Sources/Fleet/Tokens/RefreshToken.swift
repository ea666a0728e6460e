/// An OAuth refresh token: it works once, and whoever presents a used one loses the account.
public struct RefreshToken: Hashable, Sendable {
  /// The token itself.
  public let secret: Secret
  /// What tells it from any other without revealing it.
  public let material: Material

  /// The SHA-256 digest of a refresh token's text, in lower-case hexadecimal: 64 characters.
  public struct Material: Hashable, Sendable {
    /// The digits.
    public let hexadecimal: String

    /// Wraps a digest that is already in hexadecimal.
    public init(hexadecimal: String) { self.hexadecimal = hexadecimal }
  }

  /// Pairs a token with its digest.
  public init(_ secret: Secret, material: Material) {
    self.secret = secret
    self.material = material
  }
}
