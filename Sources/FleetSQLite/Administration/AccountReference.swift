internal import Fleet
internal import GRDB

/// What an administrator typed to mean an account: its identifier, or its e-mail address or alias if no other has it.
///
/// Errors never repeat it, because it may be an e-mail address.
struct AccountReference {
  private let text: String

  /// Takes what was typed.
  init(_ text: String) { self.text = text.trimmingWhitespace() }

  /// The account that is meant.
  ///
  /// - Throws: `.notFound` when there is none, `.invalidValue` when there are several.
  func resolve(_ db: Database) throws -> AccountID {
    let found = try DatabaseValue.fetchAll(
      db,
      sql: """
        SELECT id FROM accounts
        WHERE delete_requested_at IS NULL AND (id = ?1 OR email = ?1 COLLATE NOCASE OR alias = ?1)
        ORDER BY id = ?1 DESC, id
        """,
      arguments: [text]
    ).compactMap(\.text)
    guard let first = found.first else {
      throw StoreError(
        .notFound,
        "No account has that identifier, e-mail address or alias. List the accounts to see what there is.")
    }
    guard first == text || found.count == 1 else {
      throw StoreError(
        .invalidValue,
        "Several accounts have that e-mail address or alias: \(found.joined(separator: ", ")). Give one of these.")
    }
    return AccountID(first)
  }
}
