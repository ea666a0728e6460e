internal import Crypto
internal import Fleet
internal import GRDB

/// What speaks for a paid account that has become a free one, kept in the store for all processes that share it.
struct DowngradeEvidence {
  private let db: Database

  /// Works through a connection in a transaction.
  init(_ db: Database) { self.db = db }

  /// Counts one more answer that says so; what was observed with another login counts no longer.
  ///
  /// - Returns: how many there were in a row, this one included; 0 when there is no such account.
  func observe(_ id: AccountID) throws -> Int {
    guard let seat = try Seat(id, db) else { return 0 }
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO account_plan_downgrade_observations (
          account_id, observations, credential_fingerprint, observed_plan_type, first_observed_at, last_observed_at)
        VALUES (?1, 1, ?2, 'free', \(DatabaseClock.now), \(DatabaseClock.now))
        ON CONFLICT (account_id) DO UPDATE SET
          observations = iif(
            credential_fingerprint = ?2 AND observed_plan_type = 'free', observations + 1, 1),
          first_observed_at = iif(
            credential_fingerprint = ?2 AND observed_plan_type = 'free', first_observed_at, excluded.first_observed_at),
          credential_fingerprint = ?2, observed_plan_type = 'free', last_observed_at = excluded.last_observed_at
        RETURNING observations
        """)
    let arguments: StatementArguments = [id.rawValue, seat.fingerprint]
    return try DatabaseValue.fetchOne(statement, arguments: arguments)?.wholeNumber.map { Int($0) } ?? 0
  }

  /// Forgets what was observed.
  func clear(_ id: AccountID) throws {
    let statement = try db.cachedStatement(
      sql: "DELETE FROM account_plan_downgrade_observations WHERE account_id = ?")
    try statement.execute(arguments: [id.rawValue])
  }
}

/// Whom a login is for: what stays the same while its tokens are renewed.
struct Seat {
  /// As codex-lb separates these digests from others of the same text.
  private static let salt = "codex-lb/plan-downgrade-observation/v2"

  /// ChatGPT account and user, e-mail address, installation.
  private let parts: [String?]

  /// Makes a seat of its parts.
  init(chatGPTAccountID: String?, chatGPTUserID: String?, email: String?, installationID: String?) {
    parts = [chatGPTAccountID, chatGPTUserID, email, installationID]
  }

  /// Reads an account's seat, nil when there is no such account.
  init?(_ id: AccountID, _ db: Database) throws {
    let statement = try db.cachedStatement(
      sql: "SELECT chatgpt_account_id, chatgpt_user_id, email, codex_installation_id FROM accounts WHERE id = ?")
    guard let values = try Row.fetchOne(statement, arguments: [id.rawValue]).map({ Array($0.databaseValues) }) else {
      return nil
    }
    self.init(
      chatGPTAccountID: values[0].text, chatGPTUserID: values[1].text, email: values[2].text,
      installationID: values[3].text)
  }

  /// The digest that codex-lb writes for the seat: HMAC-SHA256 over its parts as a compact JSON array in ASCII, 64
  /// hexadecimal digits.
  var fingerprint: String {
    let text = "[" + parts.map { $0.map(Self.quoted) ?? "null" }.joined(separator: ",") + "]"
    let key = SymmetricKey(data: Array(Self.salt.utf8))
    return Digest.hexadecimal(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for unit in text.utf16 {
      switch unit {
      case 0x22: quoted += "\\\""
      case 0x5C: quoted += "\\\\"
      case 0x0A: quoted += "\\n"
      case 0x0D: quoted += "\\r"
      case 0x09: quoted += "\\t"
      case 0x08: quoted += "\\b"
      case 0x0C: quoted += "\\f"
      case 0x20...0x7E: quoted.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
      default:
        let digits = String(unit, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return quoted + "\""
  }
}
