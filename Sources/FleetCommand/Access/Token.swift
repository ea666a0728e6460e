/// An API key and where it was found.
struct Token: Sendable, Equatable {
  /// The key in plain text.
  let value: String
  /// Where it was found, in words.
  let source: String
  /// What is wrong with the place, in words; nil when nothing is.
  var warning: String?
}

extension Token: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The source; the key is never shown.
  var description: String { "Token(from \(source))" }

  var debugDescription: String { description }

  var customMirror: Mirror { Mirror(self, children: ["source": source]) }
}
