package import Fleet

/// Who holds a claim, and for which refresh token.
package struct ClaimHolder: Hashable, Sendable {
  /// The longest text a store takes, in characters.
  private static let maximumLength = 128

  /// The holder as stored: `<instance>:<process>-<random>#<16 digits of the token's SHA-256>`, at most 128 characters.
  package let text: String

  /// Names a holder.
  ///
  /// - Parameters:
  ///   - instance: the daemon's name; shortened when it is too long.
  ///   - processID: the process.
  ///   - nonce: tells two exchanges of one process apart.
  ///   - refreshToken: the token that is to be exchanged.
  package init(instance: String, processID: Int32, nonce: String, refreshToken: Secret) {
    let digest = refreshToken.withText { Digest.sha256($0) }.prefix(16)
    let tail = ":\(processID)-\(nonce)#\(digest)"
    text = String(instance.unicodeScalars.prefix(max(0, Self.maximumLength - tail.unicodeScalars.count))) + tail
  }

  /// Names a holder with a random part of its own.
  package init(instance: String, processID: Int32, refreshToken: Secret) {
    let nonce = Base64URL.encode(Fernet.randomBytes(9), padding: .none)
    self.init(instance: instance, processID: processID, nonce: nonce, refreshToken: refreshToken)
  }
}
