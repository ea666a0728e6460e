import Testing

@testable import Fleet

@Suite("Account memories")
struct AccountMemoryTests {
  let id = AccountID("a")

  @Test("a successful fetch ends a cool-down, a cool-down keeps the fetch")
  func fetchEndsCoolDown() {
    let memories = AccountMemories(settings: LiveRefreshSettings(RefreshSettings(interval: .seconds(60))))
    #expect(memories[id] == AccountMemory())
    let coolDown = AccountMemory.CoolDown(ends: .seconds(400), login: nil, reason: .upstreamStatus(401))
    memories.noteCoolDown(of: id, coolDown, uptime: .seconds(100))
    #expect(memories[id].coolDown == coolDown && memories[id].lastFetch == nil)
    memories.noteFetch(of: id, at: .at(5), uptime: .seconds(110))
    #expect(memories[id].coolDown == nil)
    #expect(memories[id].lastFetch == AccountMemory.Fetch(at: .at(5), uptime: .seconds(110), inVain: nil))
    memories.noteCoolDown(of: id, coolDown, uptime: .seconds(120))
    #expect(memories[id].lastFetch?.uptime == .seconds(110))
  }

  @Test("what no longer bears on anything is dropped, what does is kept")
  func sweep() {
    let memories = AccountMemories(settings: LiveRefreshSettings(RefreshSettings(interval: .seconds(60))))
    let coolDown = AccountMemory.CoolDown(ends: .seconds(10_000), login: nil, reason: .upstreamStatus(403))
    memories.noteCoolDown(of: AccountID("blocked"), coolDown, uptime: .zero)
    let over = AccountMemory.CoolDown(ends: .seconds(50), login: nil, reason: .upstreamStatus(403))
    memories.noteCoolDown(of: AccountID("was blocked"), over, uptime: .zero)
    for number in 0..<2_000 {
      memories.noteFetch(of: AccountID("old-\(number)"), at: .at(0), uptime: .zero)
    }
    for number in 0..<4_000 {
      memories.noteFetch(of: AccountID("new-\(number)"), at: .at(100), uptime: .seconds(100))
    }
    #expect(memories[AccountID("blocked")].coolDown == coolDown)
    #expect(memories[AccountID("was blocked")] == AccountMemory())
    #expect((0..<4_000).allSatisfy { memories[AccountID("new-\($0)")].lastFetch != nil })
    #expect((0..<2_000).allSatisfy { memories[AccountID("old-\($0)")].lastFetch == nil })
  }
}
