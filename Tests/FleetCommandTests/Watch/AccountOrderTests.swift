import FleetClient
import Testing

@testable import FleetCommand

@Suite("The order of accounts")
struct AccountOrderTests {
  @Test(
    "is the one that was chosen; what is unknown comes last",
    arguments: [
      (.name, ["a2", "a4", "a7", "a1", "a6", "a3", "a5"]), (.share, ["a1", "a6", "a3", "a2", "a4", "a7", "a5"]),
      (.reset, ["a3", "a2", "a1", "a6", "a4", "a7", "a5"]), (.status, ["a1", "a3", "a2", "a4", "a5", "a6", "a7"]),
    ] as [(AccountOrder, [String])])
  func order(order: AccountOrder, ids: [String]) throws {
    let accounts = try Fleets.decodedSummary(Fleets.mixed).accounts
    #expect(order.sorted(accounts, now: TestConsole.now).map(\.id) == ids)
    #expect(order.sorted(accounts.reversed(), now: TestConsole.now).map(\.id) == ids)
  }

  @Test("goes round")
  func next() {
    var order = AccountOrder.name
    for _ in AccountOrder.allCases { order = order.next }
    #expect(order == .name)
    #expect(AccountOrder.name.next == .share)
  }
}
