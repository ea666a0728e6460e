extension JSONValue {
  /// The value as a JSON text in UTF-8.
  ///
  /// - Parameter pretty: For people: members and elements on lines of their own, indented by 2 spaces, with a newline at
  ///   the end. Otherwise everything stands on one line without white space and without a newline at the end.
  public func serialized(pretty: Bool = false) -> [UInt8] {
    var writer = JSONWriter()
    if pretty {
      writer.appendPretty(self, indentation: 0)
      writer.bytes.append(UInt8(ascii: "\n"))
    } else {
      writer.value(self)
    }
    return writer.bytes
  }
}

extension JSONWriter {
  /// Places its commas itself, together with the newline behind them.
  fileprivate mutating func appendPretty(_ value: JSONValue, indentation: Int) {
    switch value {
    case .array(let elements) where !elements.isEmpty:
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        beginLine(isFirst: index == 0, indentation: indentation + 2)
        appendPretty(element, indentation: indentation + 2)
      }
      beginLine(isFirst: true, indentation: indentation)
      bytes.append(UInt8(ascii: "]"))
    case .object(let members) where !members.isEmpty:
      bytes.append(UInt8(ascii: "{"))
      for (index, (name, member)) in members.elements.enumerated() {
        beginLine(isFirst: index == 0, indentation: indentation + 2)
        key(name)
        bytes.append(UInt8(ascii: " "))
        appendPretty(member, indentation: indentation + 2)
      }
      beginLine(isFirst: true, indentation: indentation)
      bytes.append(UInt8(ascii: "}"))
    default:
      self.value(value)
    }
  }

  private mutating func beginLine(isFirst: Bool, indentation: Int) {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indentation))
    needsComma = false
  }
}
