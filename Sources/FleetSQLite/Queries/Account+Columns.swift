internal import Fleet
internal import GRDB

extension Account {
  /// The columns an account is made of, in the order in which they are read.
  static let columns = [
    "id", "chatgpt_account_id", "email", "alias", "workspace_id", "workspace_label", "seat_type", "plan_type",
    "status", "reset_at", "blocked_at", "last_refresh",
  ]

  /// Makes an account of its columns, nil when its status is none of the known words.
  init?(_ id: AccountID, _ values: ArraySlice<DatabaseValue>) {
    let values = Array(values)
    guard let status = values[8].text.flatMap({ AccountStatus(rawValue: $0) }) else { return nil }
    self.init(
      id: id, chatGPTAccountID: values[1].text, email: values[2].text ?? "", alias: values[3].text,
      workspaceID: values[4].text, workspaceLabel: values[5].text, seatType: values[6].text,
      plan: Plan(values[7].text), status: status, resetAt: values[9].wholeNumber, blockedAt: values[10].wholeNumber,
      tokensRefreshedAt: values[11].text.flatMap { Timestamp(naiveUTC: $0) })
  }
}
