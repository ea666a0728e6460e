// Growing an array has a price per call, not per byte, so each key and scalar is appended in one go, its comma included.

extension JSONWriter {
  /// Appends the bytes of one scalar as they are.
  mutating func appendScalar(_ text: UnsafeBufferPointer<UInt8>) {
    appendPiece(upTo: text.count) { $0.append(copying: text) }
    needsComma = true
  }

  mutating func appendQuoted(_ text: String, asKey: Bool) {
    var text = text
    text.withUTF8 { appendQuoted($0, asKey: asKey) }
  }

  /// Appends a string in quotes, followed by a colon if it is a key.
  ///
  /// Only what RFC 8259 demands is escaped: quote, backslash and U+0000 to U+001F.
  mutating func appendQuoted(_ utf8: UnsafeBufferPointer<UInt8>, asKey: Bool) {
    let needsEscapes = Self.needsEscapes(utf8)
    let quote = UInt8(ascii: "\"")
    // An escape has five bytes more than what it stands for, at most.
    let escapesCapacity = needsEscapes ? 5 * utf8.count(where: Self.mustEscape) : 0
    appendPiece(upTo: utf8.count + escapesCapacity + 3) { piece in
      piece.append(quote)
      if needsEscapes {
        for byte in utf8 { Self.appendEscaping(byte, to: &piece) }
      } else {
        piece.append(copying: utf8)
      }
      piece.append(quote)
      if asKey { piece.append(UInt8(ascii: ":")) }
    }
    needsComma = !asKey
  }

  /// Most strings need no escape. Without branches and early exit the compiler vectorises this loop.
  private static func needsEscapes(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
    var found: UInt8 = 0
    for byte in utf8 {
      found |= (byte < 0x20 ? 1 : 0) | (byte == UInt8(ascii: "\"") ? 1 : 0) | (byte == UInt8(ascii: "\\") ? 1 : 0)
    }
    return found != 0
  }

  private static func mustEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private static func appendEscaping(_ byte: UInt8, to piece: inout OutputSpan<UInt8>) {
    guard mustEscape(byte) else {
      piece.append(byte)
      return
    }
    piece.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): piece.append(byte)
    case 0x08: piece.append(UInt8(ascii: "b"))
    case 0x09: piece.append(UInt8(ascii: "t"))
    case 0x0A: piece.append(UInt8(ascii: "n"))
    case 0x0C: piece.append(UInt8(ascii: "f"))
    case 0x0D: piece.append(UInt8(ascii: "r"))
    default:
      piece.append(UInt8(ascii: "u"))
      piece.append(UInt8(ascii: "0"))
      piece.append(UInt8(ascii: "0"))
      piece.append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
      let low = byte & 0xF
      piece.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
    }
  }

  mutating func appendInteger(_ value: Int64) {
    let magnitude = value.magnitude
    var digits = 1
    // No magnitude reaches 10^19, the last bound tried, which still fits.
    var bound: UInt64 = 10
    while magnitude >= bound {
      digits += 1
      bound *= 10
    }
    appendPiece(upTo: digits + 1) { piece in
      if value < 0 { piece.append(UInt8(ascii: "-")) }
      piece.appendDecimal(magnitude, digits: digits)
    }
    needsComma = true
  }

  mutating func appendNumber(_ value: Double) {
    guard value.isFinite else {
      null()
      return
    }
    // Swift's description is the shortest text that reads back the same; its `1e+16` and `5e-324` are JSON as well.
    var text = value.description
    text.withUTF8 { appendScalar($0) }
  }

  /// Appends a comma if one is due and then what `write` adds, `capacity` bytes at most.
  private mutating func appendPiece(upTo capacity: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
    let comma = needsComma
    bytes.append(addingCapacity: capacity + 1) { piece in
      if comma { piece.append(UInt8(ascii: ",")) }
      write(&piece)
    }
  }
}

extension OutputSpan<UInt8> {
  /// Appends all bytes at once. There must be room for them.
  fileprivate mutating func append(copying source: UnsafeBufferPointer<UInt8>) {
    withUnsafeMutableBufferPointer { buffer, count in
      precondition(source.count <= buffer.count - count)
      _ = UnsafeMutableBufferPointer(rebasing: buffer[count...]).initialize(from: source)
      count += source.count
    }
  }

  /// Appends a number that has exactly that many decimal digits. There must be room for them.
  fileprivate mutating func appendDecimal(_ value: UInt64, digits: Int) {
    withUnsafeMutableBufferPointer { buffer, count in
      precondition(digits <= buffer.count - count)
      var rest = value
      for index in (count..<count + digits).reversed() {
        buffer.initializeElement(at: index, to: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
        rest /= 10
      }
      count += digits
    }
  }
}
