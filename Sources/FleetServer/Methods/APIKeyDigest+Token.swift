internal import Crypto
package import Fleet

extension APIKeyDigest {
  /// The digest under which the key of a token is stored.
  package init(ofToken token: String) {
    var token = token
    var hash = SHA256()
    token.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    let digest = hash.finalize()
    self.init(
      hexadecimal: String(unsafeUninitializedCapacity: 2 * SHA256.byteCount) { digits in
        var count = 0
        for byte in digest {
          digits[count] = Self.digit(byte >> 4)
          digits[count + 1] = Self.digit(byte & 0xF)
          count += 2
        }
        return count
      })
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
