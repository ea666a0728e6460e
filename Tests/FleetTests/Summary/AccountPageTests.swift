import FleetTestSupport
import Testing

@testable import Fleet

@Suite("Pages of accounts")
struct AccountPageTests {
  static func record(_ number: Int, status: AccountStatus = .active, email: String? = nil) -> AccountRecord {
    let name = String(number + 10_000)
    return AccountRecord(
      account: .sample("acc-\(name)", status: status, email: email ?? "\(number / 3 + 10_000)@example.com"),
      latest: LatestUsage())
  }

  static func snapshot(_ count: Int) -> FleetSnapshot {
    FleetSnapshot(accounts: (0..<count).map { record($0) }, hidesUpstreamQuota: false)
  }

  @Test("pages hold all accounts in order", arguments: [0, 1, 31, 32, 33, 64, 100])
  func order(count: Int) {
    let snapshot = Self.snapshot(count)
    #expect(snapshot.accounts == (0..<count).map { Self.record($0) })
    #expect(snapshot.pages.allSatisfy { !$0.records.isEmpty && $0.records.count <= AccountPage.size })
  }

  @Test("a record takes the place of the same account's, on its page alone", arguments: [1, 32, 33, 97, 100])
  func replacing(count: Int) throws {
    let snapshot = Self.snapshot(count)
    for number in 0..<count {
      let record = Self.record(number, status: .paused)
      let replaced = try #require(snapshot.replacing(record))
      var expected = snapshot.accounts
      expected[number] = record
      #expect(replaced.accounts == expected)
      let changed = zip(snapshot.pages, replaced.pages).count { $0 !== $1 }
      #expect(changed == 1 && replaced.pages.count == snapshot.pages.count)
    }
  }

  @Test("an account that is not there, or would stand elsewhere, is no replacement")
  func strangers() {
    let snapshot = Self.snapshot(100)
    #expect(snapshot.replacing(Self.record(200)) == nil)
    #expect(snapshot.replacing(Self.record(50, email: "0@example.com")) == nil)
    #expect(snapshot.replacing(Self.record(50, email: "99999@example.com")) == nil)
    #expect(Self.snapshot(0).replacing(Self.record(0)) == nil)
  }

  @Test("a snapshot that was read again shares the pages that say the same")
  func sharing() {
    let snapshot = Self.snapshot(100)
    var records = snapshot.accounts
    records[40] = Self.record(40, status: .paused)
    let again = FleetSnapshot(accounts: records, hidesUpstreamQuota: true, sharing: snapshot)
    #expect(again.accounts == records && again.hidesUpstreamQuota)
    #expect(zip(snapshot.pages, again.pages).map { $0 === $1 } == [true, false, true, true])
  }

  @Test("a text that is written differently is another one, although it reads the same")
  func spelling() {
    func snapshot(_ alias: String, sharing earlier: FleetSnapshot? = nil) -> FleetSnapshot {
      FleetSnapshot(
        accounts: [AccountRecord(account: .sample(alias: alias), latest: LatestUsage())], hidesUpstreamQuota: false,
        sharing: earlier)
    }
    let composed = snapshot("\u{E9}")
    #expect(snapshot("\u{E9}", sharing: composed).pages[0] === composed.pages[0])
    #expect(snapshot("e\u{301}", sharing: composed).pages[0] !== composed.pages[0])
  }

  @Test("the pages' summaries are the whole summary, also for who sees some accounts alone")
  func summaries() throws {
    let state = FleetState(Self.snapshot(70))
    for scope in [AccountScope.all, .only([AccountID("acc-10003"), AccountID("acc-10069"), AccountID("nobody")])] {
      let key = APIKey(
        id: "a", isActive: true, expiresAt: nil, usageSections: FleetServiceTests.seeing, scope: scope)
      let look = FleetLook(
        at: state, for: try Caller(key: key, now: .at(0)), now: .at(1_000_000), refreshInterval: .seconds(60))
      let parts = state.snapshot.pages.map { look.summary(of: $0) }
      #expect(parts.flatMap(\.accounts) == look.summary().accounts)
      #expect(parts.compactMap(\.nextChange).min() == look.summary().nextChange)
      #expect(look.summary().accounts.count == (scope == .all ? 70 : 2))
    }
  }
}
