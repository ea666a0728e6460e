/// Makes text from outside fit to be shown: it may neither steer the terminal nor pass for something else.
enum PrintableText {
  /// How many scalars of one character are kept; the rest could only pile up above the line.
  private static let maximumScalars = 12

  /// The text with a question mark for everything that is a command rather than a sign.
  static func of(_ text: some StringProtocol) -> String {
    var shown = String.UnicodeScalarView()
    for character in text {
      shown.append(contentsOf: character.unicodeScalars.prefix(maximumScalars).map { isCommand($0) ? "?" : $0 })
    }
    return String(shown)
  }

  /// The same for a name inside a sentence: in quotes where it would not be seen otherwise.
  static func name(_ text: some StringProtocol) -> String {
    text.allSatisfy(\.isWhitespace) ? "'\(of(text))'" : of(text)
  }

  /// A JSON text with escapes for the commands in it; it stays the same value.
  ///
  /// - Important: Only strings may hold such commands, apart from line feeds, which are kept.
  static func json(_ text: String) -> String {
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      guard scalar != "\n", isCommand(scalar) else {
        shown.append(scalar)
        continue
      }
      let digits = String(scalar.value, radix: 16)
      let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
      shown.append(contentsOf: "\\u\(zeros)\(digits)".unicodeScalars)
    }
    return String(shown)
  }

  private static func isCommand(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    // Of the formatting characters only the joiners belong into a name, and beyond the first plane the tags that make
    // flags; those that turn the direction of writing would reorder the line.
    case .format: scalar != "\u{200C}" && scalar != "\u{200D}" && scalar.value <= 0xFFFF
    default: false
    }
  }
}
