/// A text that must never be shown: an access token, a refresh token, an API key.
///
/// Every way Swift has to print a value shows a placeholder; the text leaves only through `withText(_:)`'s closure.
public struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let text: String

  /// Wraps a secret text.
  public init(_ text: String) { self.text = text }

  /// Whether there is no text at all.
  public var isEmpty: Bool { text.isEmpty }

  /// Hands the text to `body`, which must not keep it longer than its use.
  public func withText<Value, Failure: Error>(_ body: (String) throws(Failure) -> Value) throws(Failure) -> Value {
    try body(text)
  }

  /// The placeholder.
  public var description: String { "<secret>" }
  /// The placeholder.
  public var debugDescription: String { "<secret>" }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
