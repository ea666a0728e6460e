internal import CodexLogin
public import Fleet
internal import GRDB

extension SQLiteFleetStore {
  /// How keys of this program begin.
  private static let keyMark = "sk-fleet-"
  /// How many characters after that stay readable in the store.
  private static let prefixLength = 8
  private static let maximumNameLength = 200
  /// The condition that a key has neither been switched off nor expired.
  private static let works = "(is_active = 1 AND (expires_at IS NULL OR expires_at > \(DatabaseClock.now)))"

  /// Makes an API key.
  ///
  /// - Parameters:
  ///   - name: what the key is called; no other key that still works may have the name.
  ///   - sections: what it may see; usage takes both.
  ///   - accounts: identifiers, e-mail addresses or aliases of the accounts it may see; nil means all, now and later.
  ///   - expiresAt: when it stops working.
  /// - Returns: the key, whose text cannot be had again.
  /// - Throws: `.invalidValue` for a name that is empty, too long or taken, `.notFound` for an unknown account,
  ///   `.managedElsewhere` in a codex-lb store.
  public func createKey(
    name: String, sections: Set<UsageSection> = Set(UsageSection.allCases), accounts: [String]? = nil,
    expiresAt: Timestamp? = nil
  ) async throws(StoreError) -> NewKey {
    let name = try Self.validKeyName(name)
    let text = Self.keyMark + Base64URL.encode(Fernet.randomBytes(32), padding: .none)
    let key = NewKey(
      id: RandomIdentifier.make(), plainKey: Secret(text),
      prefix: String(text.prefix(Self.keyMark.count + Self.prefixLength)))
    let hash = Digest.sha256(text)
    let words = UsageSection.allCases.filter { sections.contains($0) }.map(\.rawValue).joined(separator: ",")
    return try await administer { db, _ in
      let isTaken = try DatabaseValue.fetchOne(
        db, sql: "SELECT 1 FROM api_keys WHERE name = ? AND \(Self.works) LIMIT 1", arguments: [name])
      guard isTaken == nil else {
        throw StoreError(
          .invalidValue, "There is an active key of that name. Choose another, or revoke that one first.")
      }
      try db.execute(
        sql: """
          INSERT INTO api_keys (
            id, name, key_hash, key_prefix, is_active, expires_at, usage_sections, account_assignment_scope_enabled,
            created_at)
          VALUES (?, ?, ?, ?, 1, ?, ?, ?, \(DatabaseClock.now))
          """,
        arguments: [key.id, name, hash, key.prefix, expiresAt?.naiveUTC, words, accounts != nil])
      for reference in accounts ?? [] {
        let account = try AccountReference(reference).resolve(db)
        try db.execute(
          sql: "INSERT OR IGNORE INTO api_key_accounts (api_key_id, account_id) VALUES (?, ?)",
          arguments: [key.id, account.rawValue])
      }
      return key
    }
  }

  /// All API keys, ordered by name, then identifier.
  ///
  /// - Throws: `.managedElsewhere` in a codex-lb store.
  public func listKeys() async throws(StoreError) -> [KeyListing] {
    try await consult { db in try KeyListingQuery(db).all() }
  }

  /// Switches an API key off, at once and for good; switching it off again does nothing.
  ///
  /// - Parameter reference: the key's identifier, its name, or the beginning of it that `listKeys()` shows.
  /// - Returns: the key's identifier.
  /// - Throws: `.notFound` when no key fits, `.invalidValue` when several do, `.managedElsewhere` in a codex-lb store.
  public func revokeKey(_ reference: String) async throws(StoreError) -> String {
    // A listing shows the beginning with an ellipsis behind it, which is easily copied along.
    let reference = reference.hasSuffix("…") ? String(reference.dropLast()) : reference
    return try await administer { db, _ in
      let rows = try Row.fetchAll(
        db,
        sql: "SELECT id, \(Self.works) FROM api_keys WHERE id = ?1 OR key_prefix = ?1 OR name = ?1 ORDER BY id",
        arguments: [reference])
      let found = rows.compactMap { row -> (id: String, isActive: Bool)? in
        let values = Array(row.databaseValues)
        return values[0].text.map { ($0, values[1].truth == true) }
      }
      // The name of a key that works no more may have gone to a later one, which is then the one that is meant.
      let active = found.filter(\.isActive)
      guard let id = (found.first { $0.id == reference } ?? active.first ?? found.first)?.id else {
        throw StoreError(
          .notFound, "No key has that identifier, name or beginning. List the keys to see what there is.")
      }
      guard id == reference || active.count <= 1 else {
        throw StoreError(.invalidValue, "Several keys have that name. Give one's identifier.")
      }
      try db.execute(sql: "UPDATE api_keys SET is_active = 0 WHERE id = ?", arguments: [id])
      return id
    }
  }

  /// Deletes a key that nobody was given; its name is free again.
  ///
  /// - Parameter id: the key's identifier.
  /// - Throws: `.managedElsewhere` in a codex-lb store.
  public func deleteKey(_ id: String) async throws(StoreError) {
    try await administer { db, _ in try db.execute(sql: "DELETE FROM api_keys WHERE id = ?", arguments: [id]) }
  }

  private static func validKeyName(_ text: String) throws(StoreError) -> String {
    let name = text.trimmingWhitespace()
    guard !name.isEmpty else {
      throw StoreError(.invalidValue, "A key's name needs at least one character that is no blank.")
    }
    guard name.count <= maximumNameLength, !name.unicodeScalars.contains(where: { $0.value < 32 }) else {
      throw StoreError(
        .invalidValue, "A key's name is 1 to \(maximumNameLength) characters long and holds no control characters.")
    }
    return name
  }
}
