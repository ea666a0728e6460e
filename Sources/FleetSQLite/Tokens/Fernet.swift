internal import CodexLogin
internal import Crypto
internal import CryptoExtras

/// Fernet, the authenticated encryption in which the stores keep tokens.
///
/// A token is URL-safe Base64 of: version `0x80`, 64-bit big-endian time, 16 bytes initialisation vector, AES-128-CBC
/// ciphertext with PKCS7 padding, HMAC-SHA256 over all of these. The time is written and never judged.
package struct Fernet: Sendable, CustomStringConvertible, CustomReflectable {
  private static let version: UInt8 = 0x80
  private static let headerLength = 1 + 8
  private static let blockLength = 16
  private static let macLength = 32

  private let signingKey: SymmetricKey
  private let encryptionKey: SymmetricKey

  /// Takes a key of 32 bytes: the first half signs, the second half encrypts. Nil for another length.
  init?(key: [UInt8]) {
    guard key.count == 32 else { return nil }
    signingKey = SymmetricKey(data: key[..<16])
    encryptionKey = SymmetricKey(data: key[16...])
  }

  /// Takes a key in padded URL-safe Base64, as key files hold it. Nil for anything else.
  package init?(base64URL text: some Collection<UInt8>) {
    guard let key = Base64URL.decode(text, padding: .required) else { return nil }
    self.init(key: key)
  }

  /// Encrypts bytes.
  ///
  /// - Parameters:
  ///   - unixSeconds: the time to write into the token.
  ///   - initializationVector: 16 bytes that must be random; given only by tests.
  package func encrypt(
    _ plaintext: [UInt8], unixSeconds: UInt64, initializationVector: [UInt8]? = nil
  ) throws -> String {
    let vector = initializationVector ?? Self.randomBytes(Self.blockLength)
    var token = [Self.version]
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      token.append(UInt8(truncatingIfNeeded: unixSeconds >> shift))
    }
    token += vector
    token += try AES._CBC.encrypt(plaintext, using: encryptionKey, iv: AES._CBC.IV(ivBytes: vector))
    token += HMAC<SHA256>.authenticationCode(for: token, using: signingKey)
    return Base64URL.encode(token, padding: .required)
  }

  /// Decrypts a token, nil when it was not made with this key or was changed since.
  ///
  /// The authentication code is checked, in constant time, before anything else is looked at.
  package func decrypt(_ token: some Collection<UInt8>) -> [UInt8]? {
    guard
      let bytes = Base64URL.decode(token, padding: .required),
      bytes.count >= Self.headerLength + 2 * Self.blockLength + Self.macLength
    else { return nil }
    let signed = bytes[..<(bytes.count - Self.macLength)]
    let mac = bytes[(bytes.count - Self.macLength)...]
    guard
      HMAC<SHA256>.isValidAuthenticationCode(mac, authenticating: signed, using: signingKey),
      bytes[0] == Self.version
    else { return nil }
    let vector = bytes[Self.headerLength..<(Self.headerLength + Self.blockLength)]
    let ciphertext = signed[(Self.headerLength + Self.blockLength)...]
    guard
      ciphertext.count % Self.blockLength == 0,
      let initialization = try? AES._CBC.IV(ivBytes: vector),
      let plaintext = try? AES._CBC.decrypt(ciphertext, using: encryptionKey, iv: initialization)
    else { return nil }
    return Array(plaintext)
  }

  /// Bytes from the system's secure generator.
  static func randomBytes(_ count: Int) -> [UInt8] {
    SymmetricKey(size: SymmetricKeySize(bitCount: count * 8)).withUnsafeBytes { Array($0) }
  }

  package var description: String { "<fernet key>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
