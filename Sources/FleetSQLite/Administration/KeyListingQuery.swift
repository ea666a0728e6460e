internal import Fleet
internal import GRDB

/// Reads API keys for an administrator.
struct KeyListingQuery {
  private let db: Database

  /// Asks through a connection.
  init(_ db: Database) { self.db = db }

  /// All keys, ordered by name, then identifier.
  func all() throws -> [KeyListing] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT id, name, key_prefix, is_active, expires_at, usage_sections, account_assignment_scope_enabled, created_at
        FROM api_keys ORDER BY name, id
        """)
    return try rows.compactMap { row in
      let values = Array(row.databaseValues)
      guard let id = values[0].text else { return nil }
      return KeyListing(
        id: id, name: values[1].text ?? "", prefix: values[2].text ?? "", isActive: values[3].truth == true,
        expiresAt: values[4].text.flatMap { Timestamp(naiveUTC: $0) }, usageSections: values[5].text ?? "",
        scope: values[6].truth == false ? .all : .only(try accounts(of: id)),
        createdAt: values[7].text.flatMap { Timestamp(naiveUTC: $0) })
    }
  }

  private func accounts(of key: String) throws -> Set<AccountID> {
    let ids = try DatabaseValue.fetchAll(
      db, sql: "SELECT account_id FROM api_key_accounts WHERE api_key_id = ?", arguments: [key])
    return Set(ids.compactMap(\.text).map { AccountID($0) })
  }
}
