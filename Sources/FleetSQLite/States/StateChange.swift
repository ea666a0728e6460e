internal import Fleet

/// What a write may change of what the remembered state holds.
enum StateChange: Sendable {
  /// Nothing.
  case nothing
  /// One account and its rows.
  case account(AccountID)
  /// Whatever there is.
  case anything
}
