internal import UpstreamSimulator

/// Accounts that differ, so that a table of them has something to show.
enum DemoFleet {
  private typealias Window = SimulatedAccount.Window

  /// The account with that number, from 0; the same every time.
  static func account(_ number: Int) -> SimulatedAccount {
    var account = kind(number % 5, round: number / 5)
    account.id = "account-\(number + 1)"
    account.email = "\(account.plan)-\(number + 1)@example.com"
    account.chatGPTAccountID = "acct-demo-\(number + 1)"
    account.chatGPTUserID = "user-demo-\(number + 1)"
    return account
  }

  private static func kind(_ kind: Int, round: Int) -> SimulatedAccount {
    // Moves the values of each further round a little, within their range.
    let shift = Double(round * 7 % 40)
    switch kind {
    case 0: return account("plus", short: 34 + shift, in: 7_980, long: 18 + shift, in: 388_800)
    case 1:
      var pro = account("pro", short: 12 + shift, in: 14_220, long: 41 + shift, in: 216_000)
      pro.usage.credits = .init(has: true, balance: "25.00")
      pro.usage.additional = .list([
        .init(
          name: "GPT-5.3-Codex-Spark", feature: "codex_bengalfox",
          primary: Window(usedPercent: 6 + shift, limitWindowSeconds: 18_000, resetAfterSeconds: 14_220),
          secondary: Window(usedPercent: 2 + shift, limitWindowSeconds: 604_800, resetAfterSeconds: 216_000))
      ])
      return pro
    case 2:
      var team = account("team", short: 58 + shift, in: 3_540, long: 27 + shift, in: 475_200)
      team.workspace = .init(id: "ws-demo", label: "Demo Team", seatType: "standard")
      return team
    case 3:
      return SimulatedAccount(
        id: "", plan: "free",
        usage: .init(
          primary: Window(usedPercent: 46 + shift, limitWindowSeconds: 2_592_000, resetAfterSeconds: 1_555_200)))
    default: return account("plus", short: 97, in: 1_260, long: 88, in: 129_600)
    }
  }

  /// An account with a 5-hour and a 7-day window: used percent, and seconds until the reset, of each.
  private static func account(
    _ plan: String, short: Double, in shortReset: Int, long: Double, in longReset: Int
  ) -> SimulatedAccount {
    SimulatedAccount(
      id: "", plan: plan,
      usage: .init(
        primary: Window(usedPercent: short, limitWindowSeconds: 18_000, resetAfterSeconds: shortReset),
        secondary: Window(usedPercent: long, limitWindowSeconds: 604_800, resetAfterSeconds: longReset)))
  }
}
