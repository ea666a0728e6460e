import Fleet
import NIOCore
import Testing

@testable import FleetServer

@Suite("Renderings that are shared and kept")
struct FleetRenderingTests {
  static func record(_ number: Int, used: Double = 10, resetAt: Int64? = nil) -> AccountRecord {
    AccountRecord(
      account: Account(
        id: AccountID("\(number + 1_000)"), email: "\(number + 1_000)@example.com", plan: Plan("plus"), status: .active),
      latest: LatestUsage(
        primary: UsageSample(
          recordedAt: StubFleet.instant, usedPercent: used, resetAt: resetAt, windowMinutes: 300)))
  }

  static func state(_ count: Int) -> FleetState {
    FleetState(FleetSnapshot(accounts: (0..<count).map { record($0) }, hidesUpstreamQuota: false))
  }

  static func look(_ state: FleetState, key: String = "a", scope: AccountScope = .all, at seconds: Int64 = 1_000) throws
    -> FleetLook
  {
    let caller = try Caller(
      key: APIKey(
        id: key, isActive: true, expiresAt: nil, usageSections: "account_pool_usage,upstream_limits", scope: scope),
      now: .distantPast)
    let now = try #require(Timestamp(unixSeconds: seconds))
    return FleetLook(at: state, for: caller, now: now, refreshInterval: .seconds(60))
  }

  static func text(_ rendering: FleetRendering) -> String { rendering.pieces.map { String(buffer: $0) }.joined() }

  /// The same accounts in one piece, without pages and without anything kept.
  static func plain(_ look: FleetLook) -> String {
    String(decoding: look.summary().accountsJSON().dropFirst(), as: UTF8.self)
  }

  @Test("the pieces are the array of all accounts", arguments: [0, 1, 32, 33, 100, 500])
  func pieces(count: Int) throws {
    let look = try Self.look(Self.state(count))
    let rendering = FleetRendering(look)
    #expect(Self.text(rendering) == Self.plain(look))
    #expect(rendering.size >= Self.text(rendering).utf8.count)
  }

  @Test("who sees few accounts gets those, from whichever pages", arguments: [[], [0], [40], [31, 32, 99], [64, 65]])
  func scoped(numbers: [Int]) throws {
    let ids = Set(numbers.map { Self.record($0).account.id })
    let look = try Self.look(Self.state(100), scope: .only(ids))
    #expect(Self.text(FleetRendering(look)) == Self.plain(look))
    #expect(look.summary().accounts.count == numbers.count)
  }

  @Test("after a change only the page that has changed is rendered again")
  func reuse() throws {
    let state = Self.state(100)
    let first = FleetRendering(try Self.look(state))
    let next = try #require(state.replacing(Self.record(70, used: 55)))
    let look = try Self.look(next)
    #expect(first.accountsMissing(for: look) == AccountPage.size)
    let second = FleetRendering(look, reusing: first)
    #expect(Self.text(second) == Self.plain(look))
    #expect(Self.text(second) != Self.text(first))
    #expect(second.accountsMissing(for: look) == 0)
  }

  @Test("a rendering stands from when it was made until an account changes by itself, for one state alone")
  func validity() throws {
    var records = (0..<100).map { Self.record($0) }
    records[50] = Self.record(50, used: 100, resetAt: 1_010)
    let state = FleetState(FleetSnapshot(accounts: records, hidesUpstreamQuota: false))
    let rendering = FleetRendering(try Self.look(state))
    #expect(rendering.shows(try Self.look(state)))
    #expect(rendering.shows(try Self.look(state, at: 1_009)))
    let later = try Self.look(state, at: 1_010)
    #expect(!rendering.shows(later))
    #expect(rendering.accountsMissing(for: later) == AccountPage.size)
    #expect(Self.text(FleetRendering(later, reusing: rendering)) == Self.plain(later))
    // The clock was put back.
    #expect(!rendering.shows(try Self.look(state, at: 999)))
    let same = FleetState(FleetSnapshot(accounts: records, hidesUpstreamQuota: false))
    #expect(!rendering.shows(try Self.look(same)))
  }

  @Test("no more is kept than there is room for, and of each way of seeing only the last")
  func room() throws {
    let state = Self.state(1)
    let size = FleetRendering(try Self.look(state)).size
    var memory = RenderingMemory(capacity: 2 * size)
    func look(_ name: String) throws -> FleetLook {
      try Self.look(state, scope: .only([Self.record(0).account.id, AccountID(name)]))
    }
    func keep(_ name: String) throws { memory.keep(FleetRendering(try look(name)), of: try look(name)) }
    func isKept(_ name: String) throws -> Bool { memory[try look(name)] != nil }
    for key in ["a", "a", "b"] { try keep(key) }
    #expect(memory.size == 2 * size)
    #expect(try isKept("a") && isKept("b"))
    try keep("c")
    #expect(memory.size == size)
    #expect(try !isKept("a") && !isKept("b") && isKept("c"))
    let large = try Self.look(Self.state(3), scope: .all)
    memory.keep(FleetRendering(large), of: large)
    #expect(memory.size == 0)
  }

  @Test("a key whose scope was changed sees what it may see now, although no account has changed")
  func rescoped() async throws {
    let (one, two) = (Self.record(0).account.id, Self.record(1).account.id)
    let state = Self.state(2)
    let renderings = SummaryRenderings(capacity: 1 << 20)
    for scope: AccountScope in [.only([one, two]), .only([one]), .all, .only([two]), .only([one, two])] {
      let look = try Self.look(state, key: "k", scope: scope)
      #expect(Self.text(await renderings.rendering(of: look)) == Self.plain(look))
      #expect(renderings.atOnce(look).map(Self.text) == Self.plain(look))
    }
  }

  @Test("what was asked for account by account is not kept")
  func narrowed() throws {
    let caller = try Caller(
      key: APIKey(id: "a", isActive: true, expiresAt: nil, usageSections: "", scope: .all), now: .distantPast)
    let look = FleetLook(
      at: Self.state(1), for: caller, accountIDs: ["x"], now: .distantPast, refreshInterval: .seconds(60))
    var memory = RenderingMemory(capacity: 1_000)
    memory.keep(FleetRendering(look), of: look)
    #expect(memory.size == 0 && memory[look] == nil)
  }
}
