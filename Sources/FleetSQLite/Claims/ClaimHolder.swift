internal import CodexLogin
internal import Fleet
internal import Glibc

/// Who holds a claim, and for which refresh token.
struct ClaimHolder: Hashable, Sendable {
  /// The longest text a store takes, in characters.
  private static let maximumLength = 128

  /// The holder as stored: `<instance>:<process>-<random>#<16 digits of the token's SHA-256>`, at most 128 characters.
  let text: String

  /// Names a holder.
  ///
  /// - Parameters:
  ///   - instance: the daemon's name; shortened when it is too long.
  ///   - processID: the process.
  ///   - nonce: tells two exchanges of one process apart.
  ///   - material: the token that is to be exchanged.
  init(instance: String, processID: Int32, nonce: String, material: RefreshToken.Material) {
    let tail = ":\(processID)-\(nonce)#\(material.hexadecimal.prefix(16))"
    text = String(instance.unicodeScalars.prefix(max(0, Self.maximumLength - tail.unicodeScalars.count))) + tail
  }

  /// Names a holder with a random part of its own.
  init(instance: String, processID: Int32, material: RefreshToken.Material) {
    let nonce = Base64URL.encode(Fernet.randomBytes(9), padding: .none)
    self.init(instance: instance, processID: processID, nonce: nonce, material: material)
  }

  /// Names this process on this machine, with a random part of its own.
  init(_ material: RefreshToken.Material) {
    var name = [CChar](repeating: 0, count: 256)
    let isKnown = gethostname(&name, name.count - 1) == 0
    let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    self.init(instance: isKnown && !host.isEmpty ? host : "codex-fleetd", processID: getpid(), material: material)
  }
}
