/// The identifier of an account in the store: any non-secret text.
///
/// Two identifiers are the same when their bytes are, as in the stores; Unicode's canonical equivalence does not count.
public struct AccountID: Hashable, Comparable, Sendable {
  /// The identifier's text, as the store and the callers write it.
  public let rawValue: String

  /// Makes an identifier of any text.
  public init(_ rawValue: String) { self.rawValue = rawValue }

  /// The identifier as it may stand in logs and errors: withheld where it looks like an e-mail address.
  public var logName: String { rawValue.contains("@") ? "<withheld>" : rawValue }

  /// Whether the bytes are the same.
  public static func == (left: AccountID, right: AccountID) -> Bool {
    left.rawValue.utf8.elementsEqual(right.rawValue.utf8)
  }

  /// Orders by the bytes.
  public static func < (left: AccountID, right: AccountID) -> Bool {
    left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
  }

  /// Feeds the bytes.
  public func hash(into hasher: inout Hasher) {
    var text = rawValue
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
