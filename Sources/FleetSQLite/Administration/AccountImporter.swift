internal import Fleet
internal import GRDB

/// Stores an imported account within the transaction it is given.
struct AccountImporter {
  private let db: Database
  private let key: EncryptionKey

  /// Writes through a connection in a transaction, encrypting with a key.
  init(_ db: Database, key: EncryptionKey) {
    self.db = db
    self.key = key
  }

  /// Inserts the account, or replaces the tokens of the one that it is.
  ///
  /// - Parameter isForced: whether also a login that works is replaced by an older one.
  func store(_ account: ImportedAccount, isForced: Bool) throws -> AccountImport {
    if let id = try existing(account) {
      if !isForced { try requireNewer(account, than: id) }
      try replace(id, account)
      let status = try DatabaseValue.fetchOne(db, sql: "SELECT status FROM accounts WHERE id = ?", arguments: [id])?
        .text
      return AccountImport(
        id: AccountID(id), replacedTokens: true, isPaused: status == AccountStatus.paused.rawValue)
    }
    try insert(account)
    return AccountImport(id: account.storeID, replacedTokens: false, isPaused: false)
  }

  /// Refuses a file that is older than the stored login, which has been renewed since: the file's refresh token is used
  /// up. One that does not say how old it is may be.
  private func requireNewer(_ account: ImportedAccount, than id: String) throws {
    let row = try Row.fetchOne(db, sql: "SELECT status, last_refresh FROM accounts WHERE id = ?", arguments: [id])
    guard let values = row.map({ Array($0.databaseValues) }),
      let status = values[0].text.flatMap({ AccountStatus(rawValue: $0) }),
      ![.reauthRequired, .deactivated].contains(status)
    else { return }
    guard let lastRefresh = account.lastRefresh else {
      throw StoreError(
        .invalidValue,
        "The account has a login that works, and this file does not say when it was renewed last: it may be an older one, "
          + "and used up. Nothing was changed. --force takes it all the same.")
    }
    guard let stored = values[1].text.flatMap({ Timestamp(naiveUTC: $0) }), lastRefresh < stored else { return }
    throw StoreError(
      .invalidValue,
      "The account has a newer login, which works: the one in this file was renewed since, and is used up. "
        + "Nothing was changed. Sign in again if you want another login; --force takes this one all the same.")
  }

  /// The stored account that this is: of the same workspace, or of the only one when either side does not name one.
  private func existing(_ account: ImportedAccount) throws -> String? {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT id, workspace_id FROM accounts
        WHERE id = ?1 OR (chatgpt_account_id IS ?2 AND email = ?3)
        ORDER BY id = ?1 DESC, workspace_id IS ?4 DESC, id
        """,
      arguments: [account.storeID.rawValue, account.chatGPTAccountID, account.email, account.workspaceID])
    let found = rows.compactMap { row -> (id: String, workspace: String?)? in
      let values = Array(row.databaseValues)
      return values[0].text.map { ($0, values[1].text) }
    }
    if let same = found.first(where: { $0.id == account.storeID.rawValue || $0.workspace == account.workspaceID }) {
      return same.id
    }
    guard found.count == 1, let only = found.first, only.workspace == nil || account.workspaceID == nil else {
      return nil
    }
    return only.id
  }

  /// An SQL expression for when a login was renewed last, with a place for the instant; never in the future, where every
  /// further login would seem to be older.
  private static let lastRefresh = "min(coalesce(?, \(DatabaseClock.now)), \(DatabaseClock.now))"

  private func insert(_ account: ImportedAccount) throws {
    try db.execute(
      sql: """
        INSERT INTO accounts (
          id, chatgpt_account_id, chatgpt_user_id, codex_installation_id, email, workspace_id, workspace_label,
          seat_type, plan_type, access_token_encrypted, refresh_token_encrypted, id_token_encrypted, last_refresh,
          created_at, status)
        VALUES (
          ?, ?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS BLOB), CAST(? AS BLOB), CAST(? AS BLOB),
          \(Self.lastRefresh), \(DatabaseClock.now), ?)
        """,
      arguments: [
        account.storeID.rawValue, account.chatGPTAccountID, account.chatGPTUserID, RandomIdentifier.make(),
        account.email, account.workspaceID, account.workspaceLabel, account.seatType, Plan(account.planType).name,
        try key.seal(account.accessToken), try key.seal(account.refreshToken), try key.seal(account.idToken),
        account.lastRefresh?.naiveUTC, AccountStatus.active.rawValue,
      ])
  }

  private func replace(_ id: String, _ account: ImportedAccount) throws {
    try db.execute(
      sql: """
        UPDATE accounts SET
          chatgpt_user_id = coalesce(?, chatgpt_user_id), workspace_id = coalesce(?, workspace_id),
          workspace_label = coalesce(?, workspace_label), seat_type = coalesce(?, seat_type),
          plan_type = coalesce(?, plan_type), access_token_encrypted = CAST(? AS BLOB),
          refresh_token_encrypted = CAST(? AS BLOB), id_token_encrypted = CAST(? AS BLOB),
          last_refresh = \(Self.lastRefresh), status = iif(status = 'paused', status, ?),
          deactivation_reason = NULL, reset_at = NULL, blocked_at = NULL, delete_requested_at = NULL
        WHERE id = ?
        """,
      arguments: [
        account.chatGPTUserID, account.workspaceID, account.workspaceLabel, account.seatType,
        account.planType.map { Plan($0).name }, try key.seal(account.accessToken), try key.seal(account.refreshToken),
        try key.seal(account.idToken), account.lastRefresh?.naiveUTC, AccountStatus.active.rawValue, id,
      ])
    // What was observed with the old credentials says nothing about the new ones.
    try DowngradeEvidence(db).clear(AccountID(id))
  }
}
