internal import Fleet
internal import GRDB

/// Writes what hangs on an account's refresh token, within the immediate transaction it is given.
///
/// Whether the stored token is still the one that was read is decided in the same transaction as the write: first by
/// the ciphertext, then, where that has changed, by the token in it.
struct CredentialWriter {
  private let db: Database
  private let store: OpenedStore

  /// Writes through a connection in a transaction.
  init(_ db: Database, _ store: OpenedStore) {
    self.db = db
    self.store = store
  }

  /// The account's row, as far as it decides about a write.
  private struct Current {
    let status: AccountStatus?
    let isAboutToBeDeleted: Bool
    let ciphertext: String
    let email: String
    let chatGPTAccountID: String?
    let workspaceID: String?
  }

  /// Puts new tokens in the used one's place, whatever the account's status: they exist nowhere else.
  func store(_ rotation: TokenRotation) throws -> GuardedWriteResult {
    guard let current = try current(rotation.accountID) else { return .accountChanged }
    guard holds(rotation.used, version: rotation.version, current) else { return .superseded }
    let claims = try admissible(rotation.tokens.claims, for: rotation.accountID, current)
    let plan = Plan(claims.planType)
    let statement = try db.cachedStatement(
      sql: """
        UPDATE accounts SET
          access_token_encrypted = CAST(? AS BLOB), refresh_token_encrypted = CAST(? AS BLOB),
          id_token_encrypted = CAST(? AS BLOB), last_refresh = ?, email = coalesce(?, email),
          plan_type = coalesce(?, plan_type), chatgpt_account_id = coalesce(?, chatgpt_account_id),
          chatgpt_user_id = coalesce(?, chatgpt_user_id), workspace_id = coalesce(?, workspace_id),
          workspace_label = coalesce(?, workspace_label), seat_type = coalesce(?, seat_type)
        WHERE id = ? AND CAST(refresh_token_encrypted AS TEXT) = ?
        """)
    try statement.execute(
      arguments: [
        try store.key.seal(rotation.tokens.accessToken), try store.key.seal(rotation.tokens.refreshToken),
        try store.key.seal(rotation.tokens.idToken), rotation.at.naiveUTC, claims.email,
        plan.isUnknown ? nil : plan.name, claims.chatGPTAccountID, claims.chatGPTUserID, claims.workspaceID,
        claims.workspaceLabel, claims.seatType, rotation.accountID.rawValue, current.ciphertext,
      ])
    guard db.changesCount > 0 else { return .superseded }
    if store.location.kind == .codexLB { try CacheInvalidation.bumpIfPossible(.accountSelection, db) }
    return .committed
  }

  /// Sets a final status, unless the account got another login or another status meanwhile.
  func retire(_ retirement: Retirement) throws -> GuardedWriteResult {
    let id = retirement.accountID
    guard let current = try current(id), !current.isAboutToBeDeleted, current.status?.isRefreshable == true else {
      return .accountChanged
    }
    guard holds(retirement.judged.refreshToken, version: retirement.judged.version, current) else { return .superseded }
    let statement = try db.cachedStatement(
      sql: """
        UPDATE accounts SET status = ?, deactivation_reason = ?, reset_at = NULL
        WHERE id = ? AND CAST(refresh_token_encrypted AS TEXT) = ?
        """)
    try statement.execute(
      arguments: [retirement.status.rawValue, retirement.reason, id.rawValue, current.ciphertext])
    guard db.changesCount > 0 else { return .superseded }
    if store.location.kind == .codexLB {
      try CacheInvalidation.bumpIfPossible(.accountSelection, db)
      try CacheInvalidation.bumpIfPossible(.accountRouting, db)
    }
    return .committed
  }

  private func current(_ id: AccountID) throws -> Current? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT status, delete_requested_at IS NOT NULL, CAST(refresh_token_encrypted AS TEXT), email,
          chatgpt_account_id, workspace_id
        FROM accounts WHERE id = ?
        """)
    guard let values = try Row.fetchOne(statement, arguments: [id.rawValue]).map({ Array($0.databaseValues) }) else {
      return nil
    }
    return Current(
      status: values[0].text.flatMap { AccountStatus(rawValue: $0) }, isAboutToBeDeleted: values[1].truth != false,
      ciphertext: values[2].text ?? "", email: values[3].text ?? "", chatGPTAccountID: values[4].text,
      workspaceID: values[5].text)
  }

  /// Whether the stored token is the one that was read, perhaps written once more since.
  private func holds(_ token: RefreshToken?, version: StoredCredentials.Version, _ current: Current) -> Bool {
    if StoredCredentials.Version(ciphertext: current.ciphertext) == version { return true }
    guard let token, let stored = store.key.refreshToken(current.ciphertext) else { return false }
    return stored == token
  }

  private func admissible(_ claims: IdentityClaims, for id: AccountID, _ current: Current) throws -> IdentityClaims {
    let isTaken = try claims.workspaceID.map { workspace in
      try WorkspaceSlot(
        email: claims.email ?? current.email, chatGPTAccountID: claims.chatGPTAccountID ?? current.chatGPTAccountID,
        workspaceID: workspace
      ).isTaken(exceptBy: id, db)
    }
    return claims.admissible(to: current.workspaceID, slotIsTaken: isTaken ?? false)
  }
}

/// A workspace of one login, which one account can have.
struct WorkspaceSlot {
  let email: String
  let chatGPTAccountID: String?
  let workspaceID: String

  /// Whether another account has it.
  func isTaken(exceptBy id: AccountID, _ db: Database) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: """
        SELECT 1 FROM accounts
        WHERE email = ? AND chatgpt_account_id IS ? AND trim(workspace_id) = ? AND id <> ? LIMIT 1
        """)
    return try DatabaseValue.fetchOne(
      statement, arguments: [email, chatGPTAccountID, workspaceID, id.rawValue]) != nil
  }
}
