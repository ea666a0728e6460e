internal import Crypto

/// SHA-256 as the stores write it, and comparing such texts without telling how far they agree.
enum Digest {
  private static let digits = Array("0123456789abcdef".utf8)

  /// The SHA-256 digest of bytes in lower-case hexadecimal.
  static func sha256(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

  /// Bytes in lower-case hexadecimal.
  static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 0x0F)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The SHA-256 digest of a text's UTF-8 in lower-case hexadecimal.
  static func sha256(_ text: String) -> String { sha256(Array(text.utf8)) }

  /// Whether two texts are the same, in a time that depends on their lengths only.
  static func matches(_ left: String, _ right: String) -> Bool {
    let left = Array(left.utf8)
    let right = Array(right.utf8)
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
  }
}
