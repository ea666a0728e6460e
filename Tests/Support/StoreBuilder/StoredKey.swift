internal import Crypto
public import Fleet

/// An API key as it is to stand in a store.
public struct StoredKey: Sendable {
  /// Both sections, which usage takes.
  public static let fullSections = "upstream_limits,account_pool_usage"

  /// The key's text, which the caller presents.
  public var text: String
  /// The key's name; its identifier in the store is `key-NAME`.
  public var name: String
  /// The sections it may see.
  public var sections: String
  /// The accounts it may see; nil means all.
  public var accounts: [String]?
  /// Whether it may be used.
  public var isActive: Bool
  /// When it stops working: naive UTC as the stores write it.
  public var expiresAt: String?

  /// Declares a key; its text is `sk-test-NAME`.
  public init(
    _ name: String, sections: String = fullSections, accounts: [String]? = nil, isActive: Bool = true,
    expiresAt: String? = nil
  ) {
    self.name = name
    text = "sk-test-" + name
    self.sections = sections
    self.accounts = accounts
    self.isActive = isActive
    self.expiresAt = expiresAt
  }

  /// The digest under which the key is stored.
  public var digest: APIKeyDigest { Self.digest(of: text) }

  /// The digest under which a key of that text is stored.
  public static func digest(of text: String) -> APIKeyDigest {
    let digits = SHA256.hash(data: Array(text.utf8)).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }
    return APIKeyDigest(hexadecimal: digits.joined())
  }
}
