internal import Glibc

/// A strict reader for JSON texts.
///
/// Beyond the grammar of RFC 8259 it refuses duplicate member names, lone surrogates, names that contain U+0000, numbers
/// out of range and nesting deeper than the limits say. Every value may stand at the top. U+0000 in strings is accepted.
public enum JSONReader {
  /// Reads one value that fills the whole text, white space around it apart.
  ///
  /// Nesting is judged in one pass before anything is parsed, so a text of a million brackets costs neither stack nor
  /// memory.
  public static func parse(
    _ bytes: UnsafeRawBufferPointer, limits: JSONLimits = .standard
  ) throws(JSONSyntaxError) -> JSONValue {
    guard !bytes.isEmpty else { throw JSONSyntaxError(.empty, position: 0) }
    if let position = positionOfNull(in: bytes) {
      throw JSONSyntaxError(.malformed, position: position)
    }
    if let position = positionOfExcessiveNesting(in: bytes, limit: limits.maximumDepth) {
      throw JSONSyntaxError(.nestingTooDeep(limit: limits.maximumDepth), position: position)
    }
    return try JanssonDocument(parsing: bytes).value()
  }

  /// Reads one value from an array of bytes.
  public static func parse(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONSyntaxError) -> JSONValue {
    try bytes.withUnsafeBufferPointer { (buffer) throws(JSONSyntaxError) in
      try parse(UnsafeRawBufferPointer(buffer), limits: limits)
    }
  }

  /// Reads one value from any sequence of bytes; the bytes are copied first.
  public static func parse(
    _ bytes: some Sequence<UInt8>, limits: JSONLimits = .standard
  ) throws(JSONSyntaxError) -> JSONValue {
    try parse(Array(bytes), limits: limits)
  }

  /// Reads one value from a text.
  public static func parse(_ text: String, limits: JSONLimits = .standard) throws(JSONSyntaxError) -> JSONValue {
    try parse(Array(text.utf8), limits: limits)
  }

  /// How many bytes precede and include the first raw U+0000, if there is one.
  ///
  /// No JSON text contains that byte, yet jansson takes one behind a number for the end of its buffer and skips it.
  private static func positionOfNull(in bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress, let hit = memchr(base, 0, bytes.count) else { return nil }
    return base.distance(to: UnsafeRawPointer(hit)) + 1
  }

  /// How many bytes precede and include the bracket that exceeds the limit, if one does.
  ///
  /// On a text that is not JSON the count may be off, but only beyond the fault at which parsing stops anyway.
  private static func positionOfExcessiveNesting(in bytes: UnsafeRawBufferPointer, limit: Int) -> Int? {
    guard bytes.count > limit else { return nil }
    var depth = 0
    var isInString = false
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if isInString {
        if byte == UInt8(ascii: "\\") {
          index += 1
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        if depth > limit { return index }
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      default: break
      }
    }
    return nil
  }
}
