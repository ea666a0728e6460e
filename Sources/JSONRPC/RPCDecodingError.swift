/// What a server sent is not an answer or notification of JSON-RPC 2.0.
///
/// The message quotes nothing of what was sent.
public struct RPCDecodingError: Error, Sendable, Hashable {
  /// What was wrong, in words for people.
  public var message: String

  /// Makes an error.
  public init(_ message: String) { self.message = message }
}

extension RPCDecodingError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}
