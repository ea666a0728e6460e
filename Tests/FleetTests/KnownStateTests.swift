import FleetTestSupport
import Testing

@testable import Fleet

@Suite("Answers that need no reading", .timeLimit(.minutes(1)))
struct KnownStateTests {
  let bench = RefreshBench(accounts: 2)
  let digest = FleetServiceTests.digest

  var service: FleetService {
    FleetService(
      store: bench.store, refreshes: bench.coordinator, activity: CallActivity(clock: bench.clock), clock: bench.clock)
  }

  init() {
    bench.store.change {
      $0.keys[FleetServiceTests.digest] = AccessTests.key(
        expiresAt: .at(1_000_100), sections: FleetServiceTests.seeing, scope: .only([AccountID("acc-10")]))
    }
  }

  /// Goes the long way once.
  func ask() async throws -> FleetLook {
    _ = try await service.look(for: try await service.caller(holding: digest), accountIDs: nil)
    return try await service.look(for: try await service.caller(holding: digest), accountIDs: nil)
  }

  @Test("who has asked before is known as long as nothing changes, and sees the same")
  func known() async throws {
    #expect(service.lookAtOnce(holding: digest) == nil)
    let look = try await ask()
    let known = try #require(service.lookAtOnce(holding: digest))
    #expect(known.state === look.state && known.share == look.share && known.share != nil)
    #expect(known.summary() == look.summary())
    #expect(known.summary().accounts.map(\.accountID) == [AccountID("acc-10")])
    #expect(service.lookAtOnce(holding: APIKeyDigest(hexadecimal: "unknown")) == nil)
  }

  @Test("a key is forgotten with the state it was looked up in")
  func revoked() async throws {
    _ = try await ask()
    bench.store.change { $0.keys[digest]?.isActive = false }
    #expect(service.lookAtOnce(holding: digest) == nil)
    await #expect(throws: FleetService.AuthenticationFailure.self) { try await service.caller(holding: digest) }
    // The state is known again; the key is not.
    _ = try await bench.store.state()
    #expect(service.lookAtOnce(holding: digest) == nil)
  }

  @Test("a known key ends at its end, although nothing is written then")
  func expired() async throws {
    _ = try await ask()
    bench.clock.advance(by: .seconds(99))
    #expect(service.lookAtOnce(holding: digest) != nil)
    bench.clock.advance(by: .seconds(1))
    #expect(service.lookAtOnce(holding: digest) == nil)
    await #expect(throws: FleetService.AuthenticationFailure.self) { try await service.caller(holding: digest) }
  }

  @Test("a known caller costs no reading of its key")
  func noReading() async throws {
    _ = try await ask()
    bench.store.fail(.apiKey, StoreError(.busy, "locked"))
    #expect(try await service.caller(holding: digest).scope == .only([AccountID("acc-10")]))
  }

  @Test("looks share what they show only with those who see the same accounts in the same way")
  func shares() throws {
    let state = FleetState(FleetSnapshot(accounts: [], hidesUpstreamQuota: false))
    func share(_ id: String, _ sections: String, _ scope: AccountScope, _ ids: Set<AccountID>? = nil) throws
      -> FleetLook.Share?
    {
      let key = APIKey(id: id, isActive: true, expiresAt: nil, usageSections: sections, scope: scope)
      return FleetLook(
        at: state, for: try Caller(key: key, now: .at(0)), accountIDs: ids, now: .at(0), refreshInterval: .seconds(60)
      ).share
    }
    let seeing = FleetServiceTests.seeing
    let all = try #require(try share("a", seeing, .all))
    #expect(try share("b", seeing, .all) == all)
    #expect(try share("c", "", .all) != all)
    let scoped = try #require(try share("d", seeing, .only([AccountID("x")])))
    #expect(scoped != all)
    #expect(try share("e", seeing, .only([AccountID("x")])) == scoped)
    // The same key, after its scope was changed.
    #expect(try share("d", seeing, .only([AccountID("y")])) != scoped)
    #expect(try share("d", "", .only([AccountID("x")])) != scoped)
    #expect(try share("a", seeing, .all, []) == nil)
    let hiding = FleetState(FleetSnapshot(accounts: [], hidesUpstreamQuota: true))
    let key = APIKey(id: "a", isActive: true, expiresAt: nil, usageSections: seeing, scope: .all)
    let hidden = FleetLook(
      at: hiding, for: try Caller(key: key, now: .at(0)), now: .at(0), refreshInterval: .seconds(60))
    #expect(hidden.share != all)
    // How long a sample proves anything depends on it.
    let slower = FleetLook(
      at: FleetState(FleetSnapshot(accounts: [], hidesUpstreamQuota: false)), for: try Caller(key: key, now: .at(0)),
      now: .at(0), refreshInterval: .seconds(3_600))
    #expect(slower.share != all)
  }
}
