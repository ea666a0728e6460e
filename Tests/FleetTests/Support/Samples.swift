@testable import Fleet

extension Account {
  /// An account with only what a test is about.
  static func sample(
    _ id: String = "acc", plan: String = "plus", status: AccountStatus = .active, resetAt: Int64? = nil,
    blockedAt: Int64? = nil, email: String? = nil, alias: String? = nil, workspaceID: String? = nil
  ) -> Account {
    Account(
      id: AccountID(id), chatGPTAccountID: "chatgpt-\(id)", email: email ?? "\(id)@example.com", alias: alias,
      workspaceID: workspaceID, plan: Plan(plan), status: status, resetAt: resetAt, blockedAt: blockedAt)
  }
}

extension UsageSample {
  /// A row recorded at a Unix second.
  static func row(
    _ usedPercent: Double = 10, at seconds: Int64, resetAt: Int64? = nil, minutes: Int64? = 300,
    credits: Credits = .none
  ) -> UsageSample {
    UsageSample(
      recordedAt: .at(seconds), usedPercent: usedPercent, resetAt: resetAt, windowMinutes: minutes, credits: credits)
  }
}

extension UsageSample.Credits {
  /// Nothing reported.
  static let none = UsageSample.Credits(has: nil, unlimited: nil, balance: nil)

  static func has(_ has: Bool) -> Self { Self(has: has, unlimited: nil, balance: nil) }
  static func unlimited(_ unlimited: Bool) -> Self { Self(has: nil, unlimited: unlimited, balance: nil) }
  static func balance(_ balance: Double) -> Self { Self(has: nil, unlimited: nil, balance: balance) }
}
