/// The little of YAML that a handful of settings needs: a name and a value in each line, comments, quotes.
///
/// The daemon's Yams would bring all of Foundation with ICU's tables and make this program three times as large; what is
/// beyond this little is refused, so that nothing is read otherwise than YAML has it.
enum FlatYAML {
  /// A setting.
  struct Line: Sendable, Equatable {
    /// Counted from 1.
    var number: Int
    var name: String
    var value: String
  }

  /// The settings of a file, in its order.
  static func lines(of bytes: [UInt8], path: String) throws(CommandFailure) -> [Line] {
    guard let text = String(validating: ByteOrderMark.skipped(in: bytes), as: UTF8.self) else {
      throw CommandFailure(.usage, "\(PrintableText.of(path)) is not text in UTF-8")
    }
    var lines: [Line] = []
    // Both line ends are one character each.
    let rows = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (index, line) in rows.enumerated() {
      let isBlank = line.allSatisfy { $0 == " " } || line.drop { $0 == " " }.first == "#"
      if isBlank || (lines.isEmpty && line == "---") { continue }
      let place = "\(PrintableText.of(path)):\(index + 1)"
      let parts = name(of: line)
      if let (name, rest) = parts, isEmpty(rest) {
        throw CommandFailure(.usage, "\(place): \(name) has no value; give it behind the colon, or leave the line out")
      }
      guard let (name, rest) = parts, let value = value(of: rest) else {
        throw CommandFailure(.usage, "\(place): give one setting in each line, such as socket: /run/fleet.sock")
      }
      lines.append(Line(number: index + 1, name: name, value: value))
    }
    return lines
  }

  /// What stands before the colon, and what behind it.
  private static func name(of line: Substring) -> (String, Substring)? {
    guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else { return nil }
    let (name, rest) = (line[..<colon], line[line.index(after: colon)...])
    // With an underscore it is no setting, but likely a mistyped one, which can be told.
    guard rest.isEmpty || rest.first == " ", name.allSatisfy({ $0.isASCII && ($0.isLetter || "-_".contains($0)) })
    else {
      return nil
    }
    return (String(name), rest.drop { $0 == " " })
  }

  /// Whether nothing stands behind the colon, or nothing in quotes.
  private static func isEmpty(_ text: Substring) -> Bool {
    text.isEmpty || text.first == "#" || text == "\"\"" || text == "''"
  }

  /// A value without its quotes and a comment behind it; nil when it is empty, or means something else in YAML.
  private static func value(of text: Substring) -> String? {
    guard let first = text.first else { return nil }
    if first == "\"" || first == "'" {
      let inside = text.dropFirst()
      guard let end = inside.firstIndex(of: first) else { return nil }
      let (value, rest) = (inside[..<end], inside[inside.index(after: end)...])
      let isRestComment = rest.allSatisfy { $0 == " " } || rest.hasPrefix(" ") && rest.drop { $0 == " " }.first == "#"
      return isRestComment && !value.isEmpty && !value.contains("\\") ? String(value) : nil
    }
    var value = text.firstRange(of: " #").map { text[..<$0.lowerBound] } ?? text
    while value.last == " " { value.removeLast() }
    // What begins a list, a mapping, a text of several lines and the like, or makes another mapping of it.
    let meansMore = "#[]{},&*!|>%@`?-".contains(first) || value.contains(": ") || value.last == ":"
    return meansMore || value.contains("\t") ? nil : String(value)
  }
}
