internal import Fleet
internal import GRDB

/// Looks up API keys. Whatever cannot be understood about a key narrows what it may do.
struct APIKeyQuery {
  private let db: Database
  private let warnings: WarningLog

  /// Asks through a connection.
  init(_ db: Database, _ warnings: WarningLog) {
    self.db = db
    self.warnings = warnings
  }

  /// The key whose text has a digest.
  func key(_ digest: APIKeyDigest) throws -> APIKey? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT id, key_hash, is_active, expires_at, usage_sections, account_assignment_scope_enabled
        FROM api_keys WHERE key_hash = ? LIMIT 1
        """)
    guard let row = try Row.fetchOne(statement, arguments: [digest.hexadecimal]) else { return nil }
    let values = Array(row.databaseValues)
    // An index finds by ordering, this by content: nothing short of the whole digest lets anybody in.
    guard let hash = values[1].text, Digest.matches(hash, digest.hexadecimal) else { return nil }
    guard let id = values[0].text else {
      warnings.note(.rowWithoutIdentifier(table: "api_keys"))
      return nil
    }
    let end = values[3].text.flatMap { Timestamp(naiveUTC: $0) }
    let hasReadableEnd = values[3].isNull || end != nil
    if !hasReadableEnd { warnings.note(.keyTakenAsInactive(id: id)) }
    return APIKey(
      id: id, isActive: values[2].truth == true && hasReadableEnd, expiresAt: end,
      usageSections: values[4].text ?? "", scope: try scope(of: id, isOpen: values[5].truth == false))
  }

  private func scope(of id: String, isOpen: Bool) throws -> AccountScope {
    if isOpen { return .all }
    let statement = try db.cachedStatement(sql: "SELECT account_id FROM api_key_accounts WHERE api_key_id = ?")
    let accounts = try DatabaseValue.fetchAll(statement, arguments: [id]).compactMap(\.text)
    return .only(Set(accounts.map { AccountID($0) }))
  }
}
