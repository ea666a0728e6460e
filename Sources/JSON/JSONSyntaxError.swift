/// Why a text was refused as JSON.
///
/// Neither the message nor any other part quotes the input: it may hold secrets.
public struct JSONSyntaxError: Error, Sendable, Hashable {
  /// The kinds of fault that are told apart.
  public enum Reason: Sendable, Hashable {
    /// Nothing at all was given.
    case empty
    /// The text ends inside a value.
    case unexpectedEnd
    /// Something follows the value.
    case trailingContent
    /// A byte sequence is not UTF-8.
    case invalidUTF8
    /// An object names a member twice.
    case duplicateKey
    /// A member's name holds U+0000.
    case nullInKey
    /// A whole number leaves the signed 64-bit range, or another number the range of a double.
    case numberOutOfRange
    /// More arrays and objects are open inside one another than allowed.
    case nestingTooDeep(limit: Int)
    /// Memory for the value could not be had.
    case outOfMemory
    /// Anything else that the grammar does not allow, lone surrogates and raw control characters included.
    case malformed
  }

  /// The kind of fault.
  public var reason: Reason

  /// How many bytes had been read when the fault was noticed, from 0 to the length of the input.
  public var position: Int

  /// Makes an error.
  public init(_ reason: Reason, position: Int) {
    self.reason = reason
    self.position = position
  }

  /// The fault in words for people, without the position.
  public var message: String {
    switch reason {
    case .empty: "the text is empty"
    case .unexpectedEnd: "the text ends before the value does"
    case .trailingContent: "something follows the value"
    case .invalidUTF8: "the text is not valid UTF-8"
    case .duplicateKey: "an object has two members of the same name"
    case .nullInKey: "the name of a member contains U+0000"
    case .numberOutOfRange: "a number is out of range (whole numbers are signed 64 bit, others finite doubles)"
    case .nestingTooDeep(let limit): "arrays and objects are nested deeper than \(limit)"
    case .outOfMemory: "the value does not fit into memory"
    case .malformed: "the text is not valid JSON"
    }
  }
}

extension JSONSyntaxError: CustomStringConvertible {
  /// The fault and its position in words for people.
  public var description: String { "\(message) (at byte \(position))" }
}
