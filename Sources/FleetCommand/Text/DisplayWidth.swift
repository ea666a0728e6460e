/// How many columns of a terminal a text takes.
enum DisplayWidth {
  /// The columns of a text.
  static func of(_ text: some StringProtocol) -> Int {
    let bytes = text.utf8
    return bytes.allSatisfy { (0x20...0x7E).contains($0) } ? bytes.count : text.reduce(0) { $0 + of($1) }
  }

  /// The columns of one character: two for East Asian wide ones and emoji, none for what only changes its neighbour.
  static func of(_ character: Character) -> Int {
    let scalars = character.unicodeScalars
    if scalars.contains(where: isEmoji) || isKeycapOrEmojiStyle(scalars) { return 2 }
    return scalars.reduce(0) { $0 + of($1) }
  }

  /// The beginning of a text that fits into so many columns, with `ellipsis` in place of what does not.
  static func truncated(_ text: String, to width: Int, ellipsis: String) -> String {
    guard of(text) > width else { return text }
    var rest = max(0, width - of(ellipsis))
    let beginning = text.prefix { character in
      rest -= of(character)
      return rest >= 0
    }
    return beginning + ellipsis
  }

  /// The text with blanks behind it, or before it, until it takes so many columns.
  static func padded(_ text: String, to width: Int, atStart: Bool = false) -> String {
    let blanks = String(repeating: " ", count: max(0, width - of(text)))
    return atStart ? blanks + text : text + blanks
  }

  private static func isEmoji(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isEmojiPresentation }

  private static func isKeycapOrEmojiStyle(_ scalars: Character.UnicodeScalarView) -> Bool {
    guard scalars.count > 1, let first = scalars.first, first.properties.isEmoji else { return false }
    return scalars.contains("\u{FE0F}")
  }

  private static func of(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    // Vowels and finals of a Hangul syllable are drawn into its first letter.
    if (0x1160...0x11FF).contains(scalar.value) { return 0 }
    return wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  /// The blocks of East Asian Width W and F; wide emoji outside of them are known by their own property.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
    0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x3FFFD,
  ]
}
