public import Fleet
internal import GRDB

extension SQLiteFleetStore {
  /// Stores an account with its tokens, or gives the one that is already there new tokens and makes it active again,
  /// unless it is paused.
  ///
  /// It is the same account when ChatGPT account, e-mail address and workspace agree.
  ///
  /// - Parameter isForced: whether also a login that works is replaced by an older one.
  /// - Important: From then on this store owns the refresh token. It works once, so nobody else may use it.
  /// - Throws: `.managedElsewhere` in a codex-lb store, `.invalidValue` when the stored login is newer and works.
  public func importAccount(
    _ account: ImportedAccount, isForced: Bool = false
  ) async throws(StoreError) -> AccountImport {
    try await administer { db, store in try AccountImporter(db, key: store.key).store(account, isForced: isForced) }
  }

  /// All accounts, ordered by e-mail address, then identifier.
  ///
  /// - Throws: `.managedElsewhere` in a codex-lb store.
  public func listAccounts() async throws(StoreError) -> [Account] {
    let warnings = warnings
    return try await consult { db in try AccountQuery(db, warnings).records(in: .all).map(\.account) }
  }

  /// The identifier of an account.
  ///
  /// - Parameter reference: the identifier itself, or the account's e-mail address or alias if no other has it.
  /// - Throws: `.notFound`, `.invalidValue` when several accounts are meant, `.managedElsewhere` in a codex-lb store.
  public func accountID(of reference: String) async throws(StoreError) -> AccountID {
    try await consult { db in try AccountReference(reference).resolve(db) }
  }

  /// Takes an account out of use until it is resumed.
  ///
  /// - Parameter reference: the account's identifier, or its e-mail address or alias if no other has it.
  /// - Returns: the account's identifier.
  /// - Throws: `.notFound`, `.invalidValue` when several accounts or none in use are meant, `.managedElsewhere` in a
  ///   codex-lb store.
  public func pauseAccount(_ reference: String) async throws(StoreError) -> AccountID {
    try await setStatus(
      of: reference, to: .paused, from: [.active, .rateLimited, .quotaExceeded],
      otherwise: "The account is not in use, because its login ended. Sign in again and import it.")
  }

  /// Takes an account into use again that is paused, or that the provider was understood to have deactivated; what it is
  /// limited by, or that it has ended all the same, is found out by the next refresh.
  ///
  /// - Parameter reference: the account's identifier, or its e-mail address or alias if no other has it.
  /// - Returns: the account's identifier.
  /// - Throws: `.notFound`, `.invalidValue` when several accounts or none of that kind are meant, `.managedElsewhere` in a
  ///   codex-lb store.
  public func resumeAccount(_ reference: String) async throws(StoreError) -> AccountID {
    try await setStatus(
      of: reference, to: .active, from: [.paused, .deactivated],
      otherwise: "The account is in use, or its login has ended: then sign in again and import it.")
  }

  /// Deletes an account with its tokens, its usage and its assignments to keys.
  ///
  /// - Parameter reference: the account's identifier, or its e-mail address or alias if no other has it.
  /// - Returns: the identifier the account had.
  /// - Throws: `.notFound`, `.invalidValue` when several accounts are meant, `.managedElsewhere` in a codex-lb store.
  public func removeAccount(_ reference: String) async throws(StoreError) -> AccountID {
    try await administer { db, _ in
      let id = try AccountReference(reference).resolve(db)
      try db.execute(sql: "DELETE FROM accounts WHERE id = ?", arguments: [id.rawValue])
      return id
    }
  }

  private func setStatus(
    of reference: String, to status: AccountStatus, from allowed: Set<AccountStatus>, otherwise refusal: String
  ) async throws(StoreError) -> AccountID {
    try await administer { db, _ in
      let id = try AccountReference(reference).resolve(db)
      let word = try DatabaseValue.fetchOne(
        db, sql: "SELECT status FROM accounts WHERE id = ?", arguments: [id.rawValue])?.text
      let current = word.flatMap { AccountStatus(rawValue: $0) }
      if current == status { return id }
      guard let current, allowed.contains(current) else { throw StoreError(.invalidValue, refusal) }
      try db.execute(
        sql: """
          UPDATE accounts SET status = ?, deactivation_reason = NULL, reset_at = NULL, blocked_at = NULL WHERE id = ?
          """,
        arguments: [status.rawValue, id.rawValue])
      return id
    }
  }
}
