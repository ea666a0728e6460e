internal import CodexLogin
internal import Crypto
internal import FleetSQLite

/// Only what was encrypted is accepted, and comes back the same; every text that is accepted is the only one for its bytes.
///
/// The input is read three times: as a token, as a plaintext, and as a token's signed part, to which the right
/// authentication code is added, because no change at random finds one.
enum FernetTarget {
  /// The key of the Fernet specification's examples.
  private static let keyText = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="
  private static let fernet = Fernet(base64URL: keyText.utf8)
  private static let signingKey = SymmetricKey(
    data: Base64URL.decode(keyText.utf8, padding: .required)?.prefix(16) ?? [])

  static func check(_ input: [UInt8]) throws(BrokenPromise) {
    guard let fernet else { throw BrokenPromise(description: "the specification's key is a key") }
    try checkToken(input, fernet)
    try checkToken(signed(input), fernet)
    try checkPlaintext(input, fernet)
  }

  private static func signed(_ part: [UInt8]) -> [UInt8] {
    let code = HMAC<SHA256>.authenticationCode(for: part, using: signingKey)
    return Array(Base64URL.encode(part + code, padding: .required).utf8)
  }

  private static func checkToken(_ token: [UInt8], _ fernet: Fernet) throws(BrokenPromise) {
    guard let plaintext = fernet.decrypt(token) else { return }
    guard let bytes = Base64URL.decode(token, padding: .required), bytes.count >= 25 else {
      throw BrokenPromise(description: "a token is Base64 and has a header")
    }
    let seconds = bytes[1..<9].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    let again = try? fernet.encrypt(plaintext, unixSeconds: seconds, initializationVector: Array(bytes[9..<25]))
    try promise("an accepted token is what its plaintext is encrypted to", again.map { Array($0.utf8) } == token)
  }

  private static func checkPlaintext(_ plaintext: [UInt8], _ fernet: Fernet) throws(BrokenPromise) {
    let seed = plaintext.reduce(0 as UInt64) { $0 &* 31 &+ UInt64($1) }
    let vector = (0..<16).map { UInt8(truncatingIfNeeded: seed >> UInt64($0)) }
    guard let text = try? fernet.encrypt(plaintext, unixSeconds: seed, initializationVector: vector) else {
      throw BrokenPromise(description: "everything can be encrypted")
    }
    var token = Array(text.utf8)
    try promise("what is encrypted comes back the same", fernet.decrypt(token) == plaintext)
    let place = Int(seed % UInt64(token.count))
    token[place] = token[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
    try promise("a token that was changed is refused", fernet.decrypt(token) == nil)
    token.removeLast()
    try promise("a token that was cut is refused", fernet.decrypt(token) == nil)
  }
}
