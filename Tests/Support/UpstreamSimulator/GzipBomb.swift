/// A small gzip body that unpacks to a large one.
public enum GzipBomb {
  /// A valid gzip file of at least `count` blanks; about a 160th of that size.
  ///
  /// One literal, then the same match over and over: 258 bytes from one byte ago, which takes 13 bits.
  public static func blanks(_ count: Int) -> [UInt8] {
    var bits = BitWriter(bytes: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3])
    let repeats = count / 258 + 1
    // One last block with the fixed codes.
    bits.append([1, 1, 0])
    bits.append([0, 1, 0, 1, 0, 0, 0, 0])
    for _ in 0..<repeats { bits.append([1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]) }
    bits.append([0, 0, 0, 0, 0, 0, 0])
    bits.endByte()
    let length = 1 + repeats * 258
    bits.append(littleEndian: checksum(ofBlanks: length))
    bits.append(littleEndian: UInt32(truncatingIfNeeded: length))
    return bits.bytes
  }

  private static func checksum(ofBlanks count: Int) -> UInt32 {
    let table = (0..<256).map { (entry: UInt32) -> UInt32 in
      var rest = entry
      for _ in 0..<8 { rest = rest & 1 == 1 ? (rest >> 1) ^ 0xEDB8_8320 : rest >> 1 }
      return rest
    }
    var sum = UInt32.max
    for _ in 0..<count { sum = (sum >> 8) ^ table[Int((sum ^ 0x20) & 0xFF)] }
    return ~sum
  }

  private struct BitWriter {
    var bytes: [UInt8]
    private var current: UInt8 = 0
    private var used: UInt8 = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func append(_ bits: [UInt8]) {
      for bit in bits {
        current |= bit << used
        used += 1
        if used == 8 { endByte() }
      }
    }

    mutating func endByte() {
      guard used > 0 else { return }
      bytes.append(current)
      current = 0
      used = 0
    }

    mutating func append(littleEndian number: UInt32) {
      for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
  }
}
