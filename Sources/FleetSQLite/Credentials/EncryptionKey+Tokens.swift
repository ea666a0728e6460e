internal import Fleet
internal import Glibc

extension EncryptionKey {
  /// Encrypts a token for storing.
  func seal(_ secret: Secret) throws(StoreError) -> String {
    try secret.withText { (text) throws(StoreError) in
      do {
        return try fernet.encrypt(Array(text.utf8), unixSeconds: UInt64(max(0, time(nil))))
      } catch {
        throw StoreError(.undecryptable, "A token could not be encrypted.")
      }
    }
  }

  /// Decrypts a stored token; an empty one is an empty secret.
  func open(_ ciphertext: String) throws(StoreError) -> Secret {
    guard !ciphertext.isEmpty else { return Secret("") }
    guard
      let plaintext = fernet.decrypt(ciphertext.utf8),
      let text = String(validating: plaintext, as: UTF8.self)
    else {
      throw StoreError(
        .undecryptable,
        "A stored token does not fit the encryption key: it was written with another key or is damaged. Sign the "
          + "account in again.")
    }
    return Secret(text)
  }
}
