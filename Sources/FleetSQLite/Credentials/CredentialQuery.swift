internal import Fleet
internal import GRDB

/// Reads accounts' logins.
struct CredentialQuery {
  private let db: Database
  private let key: EncryptionKey

  /// Asks through a connection, decrypting with a key.
  init(_ db: Database, key: EncryptionKey) {
    self.db = db
    self.key = key
  }

  /// The account's login, nil when the account is gone or about to be deleted.
  ///
  /// - Throws: `StoreError` with `.undecryptable` when the access token does not fit the key.
  func credentials(of id: AccountID) throws -> StoredCredentials? {
    // Ciphertexts are ASCII, so the casts lose nothing.
    let statement = try db.cachedStatement(
      sql: """
        SELECT status, CAST(access_token_encrypted AS TEXT), CAST(refresh_token_encrypted AS TEXT)
        FROM accounts WHERE id = ? AND delete_requested_at IS NULL
        """)
    guard
      let values = try Row.fetchOne(statement, arguments: [id.rawValue]).map({ Array($0.databaseValues) }),
      let status = values[0].text.flatMap({ AccountStatus(rawValue: $0) })
    else { return nil }
    let ciphertext = values[2].text ?? ""
    return StoredCredentials(
      status: status, accessToken: try key.open(values[1].text ?? ""), refreshToken: key.refreshToken(ciphertext),
      version: StoredCredentials.Version(ciphertext: ciphertext))
  }
}

extension EncryptionKey {
  /// A stored refresh token; nil when it does not fit the key. An empty one is a token without text.
  func refreshToken(_ ciphertext: String) -> RefreshToken? {
    guard let secret = try? open(ciphertext) else { return nil }
    return RefreshToken(secret, material: .init(hexadecimal: secret.withText { Digest.sha256($0) }))
  }
}

extension StoredCredentials.Version {
  /// Fernet never writes the same ciphertext twice, so it tells every writing of a token from all others.
  init(ciphertext: String) { self.init(Array(ciphertext.utf8)) }
}
