internal import FleetSQLite
internal import Foundation
internal import GRDB

extension CodexLBStore {
  /// The stored refresh tokens, decrypted, by account.
  public func refreshTokens() throws -> [String: String] {
    let fernet = try Self.fernet()
    let stored = try rows("SELECT id, CAST(refresh_token_encrypted AS TEXT) FROM accounts")
    return Dictionary(
      uniqueKeysWithValues: stored.compactMap { row in
        guard let id = row[0], let ciphertext = row[1], let text = fernet.decrypt(ciphertext.utf8) else { return nil }
        return (id, String(decoding: text, as: UTF8.self))
      })
  }

  /// Gives an account other tokens and makes it active, as a new login in codex-lb does.
  public func signIn(_ account: String, accessToken: String, refreshToken: String) throws {
    let fernet = try Self.fernet()
    func seal(_ text: String) throws -> String { try fernet.encrypt(Array(text.utf8), unixSeconds: 1_700_000_000) }
    try connect { db in
      try db.execute(
        sql: """
          UPDATE accounts SET access_token_encrypted = CAST(? AS BLOB), refresh_token_encrypted = CAST(? AS BLOB),
            status = 'active', deactivation_reason = NULL WHERE id = ?
          """,
        arguments: [try seal(accessToken), try seal(refreshToken), account])
    }
  }

  private static func fernet() throws -> Fernet {
    guard let fernet = Fernet(base64URL: Array(keyText.utf8)) else { throw CocoaError(.fileReadCorruptFile) }
    return fernet
  }
}
