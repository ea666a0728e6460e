/// The identifier of an account in the store: any non-secret text.
public struct AccountID: RawRepresentable, Hashable, Comparable, Sendable {
  /// The identifier's text, as the store and the callers write it.
  public let rawValue: String

  /// Makes an identifier of any text.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Makes an identifier of any text.
  public init(_ rawValue: String) { self.rawValue = rawValue }

  /// Orders by the bytes of the text, as the stores do.
  public static func < (left: AccountID, right: AccountID) -> Bool { left.rawValue < right.rawValue }
}
