internal import Fleet

extension Account {
  /// The columns an account is made of, in the order in which they are read.
  static let columns = [
    "id", "chatgpt_account_id", "email", "alias", "workspace_id", "workspace_label", "seat_type", "plan_type",
    "status", "reset_at", "blocked_at", "last_refresh",
  ]

  /// Makes an account of its columns, nil when its status is none of the known words.
  init?(_ id: AccountID, _ columns: RowColumns) {
    guard let status = columns.text(8).flatMap({ AccountStatus(rawValue: $0) }) else { return nil }
    self.init(
      id: id, chatGPTAccountID: columns.text(1), email: columns.text(2) ?? "", alias: columns.text(3),
      workspaceID: columns.text(4), workspaceLabel: columns.text(5), seatType: columns.text(6),
      plan: Plan(columns.text(7)), status: status, resetAt: columns.wholeNumber(9), blockedAt: columns.wholeNumber(10),
      tokensRefreshedAt: columns.instant(11))
  }
}
