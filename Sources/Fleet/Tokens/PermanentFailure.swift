/// Error codes by which the provider says that a login or an account has ended for good.
enum PermanentFailure {
  private static let statuses: [String: AccountStatus] = [
    "refresh_token_expired": .reauthRequired,
    "refresh_token_reused": .reauthRequired,
    "refresh_token_invalidated": .reauthRequired,
    "invalid_grant": .reauthRequired,
    "token_invalidated": .reauthRequired,
    "token_expired": .reauthRequired,
    "app_session_terminated": .reauthRequired,
    "account_session_expired": .reauthRequired,
    "account_auth_invalidated": .reauthRequired,
    "account_deactivated": .deactivated,
    "account_suspended": .deactivated,
    "account_deleted": .deactivated,
  ]

  /// What an account becomes after a code, trimmed and in lower case; nil when it says nothing for good.
  static func status(after code: String) -> AccountStatus? { statuses[code] }
}
