import FleetTestSupport
import Testing

@testable import Fleet

@Suite("Fleet service", .timeLimit(.minutes(5)))
struct FleetServiceTests {
  static let digest = APIKeyDigest(hexadecimal: String(repeating: "ab", count: 32))
  static let seeing = "account_pool_usage,upstream_limits"

  let bench = RefreshBench(accounts: 3)

  var service: FleetService {
    FleetService(
      store: bench.store, refreshes: bench.coordinator, activity: CallActivity(clock: bench.clock), clock: bench.clock)
  }

  func caller(sections: String = seeing, scope: AccountScope = .all) async throws -> Caller {
    bench.store.change {
      $0.keys[Self.digest] = APIKey(
        id: "key", isActive: true, expiresAt: .at(1_000_100), usageSections: sections, scope: scope)
    }
    return try await service.caller(holding: Self.digest)
  }

  @Test("a key is looked up at every call")
  func lookups() async throws {
    #expect(try await caller().seesUsage)
    bench.store.change { $0.keys[Self.digest]?.isActive = false }
    await #expect { try await service.caller(holding: Self.digest) } throws: { error in
      guard case FleetService.AuthenticationFailure.refused(.invalidKey) = error else { return false }
      return true
    }
    bench.store.change { $0.keys[Self.digest]?.isActive = true }
    bench.clock.advance(by: .seconds(100))
    await #expect { try await service.caller(holding: Self.digest) } throws: { error in
      guard case FleetService.AuthenticationFailure.refused(.expiredKey) = error else { return false }
      return true
    }
    bench.store.change { $0.failures[.apiKey] = StoreError(.busy, "locked") }
    await #expect { try await service.caller(holding: Self.digest) } throws: { error in
      guard case FleetService.AuthenticationFailure.storeUnavailable(let error) = error else { return false }
      return error.code == .busy
    }
  }

  @Test("a summary holds the accounts of the key's scope that were asked for, and no others")
  func summaryScope() async throws {
    let scoped = try await caller(scope: .only([AccountID("acc-10"), AccountID("acc-11")]))
    let service = service
    func ids(_ asked: Set<AccountID>?) async throws -> [String] {
      try await service.look(for: scoped, accountIDs: asked).summary().accounts.map(\.accountID.rawValue)
    }
    #expect(try await ids(nil) == ["acc-10", "acc-11"])
    #expect(try await ids([AccountID("acc-11"), AccountID("acc-12"), AccountID("nobody")]) == ["acc-11"])
    #expect(try await ids([]) == [])
  }

  @Test("a refresh stays within the key's scope")
  func refreshScope() async throws {
    let scoped = try await caller(scope: .only([AccountID("acc-10"), AccountID("acc-11")]))
    let report = try await service.refresh(for: scoped, accountIDs: [AccountID("acc-11"), AccountID("acc-12")])
    #expect(report.outcomes.map(\.accountID.rawValue) == ["acc-11"] && report.accountCount == 1)
    #expect(bench.upstream.askedFor == ["chatgpt-acc-11"])
  }

  @Test("a caller that may not see usage is not told when it was observed")
  func hiddenInstants() async throws {
    let seeing = try await service.refresh(for: caller(), accountIDs: nil)
    #expect(seeing.outcomes.allSatisfy { $0.observedAt != nil })
    let blind = try await service.refresh(for: caller(sections: "upstream_limits"), accountIDs: nil)
    #expect(blind.outcomes.count == 3 && blind.outcomes.allSatisfy { $0.observedAt == nil })
    bench.store.change { $0.hidesUpstreamQuota = true }
    let hidden = try await service.refresh(for: caller(), accountIDs: nil)
    #expect(hidden.outcomes.allSatisfy { $0.observedAt == nil })
  }

  @Test("a refresh after which nobody can say whether usage is hidden shows none")
  func settingsUnreadable() async throws {
    let caller = try await caller()
    bench.store.fail(.snapshot, StoreError(.busy, "locked"))
    let report = try await service.refresh(for: caller, accountIDs: nil)
    #expect(report.outcomes.map(\.result) == [.written, .written, .written])
    #expect(report.outcomes.allSatisfy { $0.observedAt == nil })
    #expect(bench.store[\.writes].count == 3)
  }
}
