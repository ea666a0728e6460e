import Testing

@testable import FleetCommand

@Suite("The layout of a live view")
struct WatchLayoutTests {
  @Test("never has more rows than the screen, and loses the least wanted first", arguments: 0...40)
  func rows(rows: Int) {
    for accounts in [0, 1, 5, 40, 1_000] {
      let layout = WatchLayout(rows: rows, accounts: accounts)
      let others = [layout.hasHeadline, layout.hasTitles, layout.hasRest, layout.hasStatus, layout.hasKeys]
      #expect(others.count { $0 } + layout.page <= rows)
      #expect(layout.lastOffset == max(0, accounts - layout.page))
      #expect(!layout.hasHeadline || layout.hasKeys && layout.hasTitles && layout.hasStatus)
      #expect(layout.hasRest == (accounts > layout.page) || layout.page <= 1)
    }
  }
}
