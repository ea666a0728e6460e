import JSON
import JSONRPC
import Testing

@testable import FleetClient

@Suite("Results", .timeLimit(.minutes(1)))
struct ResultTests {
  @Test("a summary is read, with words and members of newer daemons")
  func summary() async throws {
    let daemon = try await ScriptedDaemon { call in
      guard call.request.params == ["accountIds": .array(["a"]), "token": .string("key")] else { return call.hangUp() }
      call.answer(
        #"{"accounts":[{"accountId":"a","displayName":"A","email":"e","status":"asleep","planType":"plus","new":[1],"#
          + #""primary":{"remainingPercent":62.5,"resetAt":"2100-01-01T00:00:00Z","windowMinutes":300},"#
          + #""secondary":{"remainingPercent":null,"resetAt":null,"windowMinutes":null},"#
          + #""lastRefreshAt":null,"usageRefreshedAt":"2026-01-02T03:04:05.25Z"}],"#
          + #""generatedAt":"2026-01-02T03:04:05Z"}"#)
    }
    let summary = try await FleetClient(socketPath: daemon.path, token: "key").summary(accountIDs: ["a"])
    let account = try #require(summary.accounts.first)
    #expect(summary.generatedAt.unixMicroseconds == 1_767_323_045_000_000)
    #expect(account.id == "a" && account.displayName == "A" && account.email == "e" && account.plan == "plus")
    #expect(account.status == FleetClient.AccountStatus(rawValue: "asleep"))
    #expect(account.primary.remainingPercent == 62.5 && account.primary.windowMinutes == 300)
    #expect(account.primary.resetAt?.rfc3339 == "2100-01-01T00:00:00Z")
    #expect(account.secondary == account.monthly)
    #expect(account.secondary.remainingPercent == nil && account.tokensRefreshedAt == nil)
    #expect(account.usageRefreshedAt?.rfc3339 == "2026-01-02T03:04:05.25Z")
  }

  @Test("a refresh is read, with words of newer daemons")
  func refresh() async throws {
    let daemon = try await ScriptedDaemon { call in
      guard call.request.params == ["token": .string("key")] else { return call.hangUp() }
      call.answer(
        #"{"ok":true,"usageWritten":true,"accountCount":3,"attemptedCount":2,"generatedAt":"2026-01-02T03:04:05Z","#
          + #""outcomes":[{"accountId":"a","outcome":"written","observedAt":"2026-01-02T03:04:05Z"},"#
          + #"{"accountId":"b","outcome":"dreamt","reason":"why","blockedUntil":"2026-01-02T03:04:05Z"}]}"#)
    }
    let result = try await FleetClient(socketPath: daemon.path, token: "key").refresh()
    #expect(result.usageWritten && result.accountCount == 3 && result.attemptedCount == 2)
    #expect(result.outcomes.map(\.kind) == [.written, FleetClient.Outcome.Kind(rawValue: "dreamt")])
    #expect(result.outcomes.map(\.reason) == [nil, "why"])
    #expect(result.outcomes.map(\.observedAt) == [result.generatedAt, nil])
    #expect(result.outcomes.map(\.blockedUntil) == [nil, result.generatedAt])
  }

  @Test("health is asked for without the token")
  func health() async throws {
    let daemon = try await ScriptedDaemon { call in
      guard call.request.params.isEmpty else { return call.hangUp() }
      call.answer(#"{"status":"draining","version":"2","protocolVersion":1}"#)
    }
    let health = try await FleetClient(socketPath: daemon.path, token: "key").health()
    #expect(health == FleetClient.Health(status: .draining, version: "2", protocolVersion: 1))
  }

  @Test("statistics are read")
  func stats() async throws {
    let work = #"{"started":61,"joined":7,"inFlight":1,"waiters":2,"oldestSeconds":0.42}"#
    let daemon = try await ScriptedDaemon { call in
      guard call.request.params == ["token": "key"] else { return call.hangUp() }
      call.answer(
        #"{"version":"1.0.0","uptimeSeconds":86411.25,"draining":false,"#
          + #""connections":{"open":3,"accepted":118,"refused":4},"calls":{"started":5210,"inFlight":2},"#
          + #""subscriptions":{"started":5,"open":1},"refreshes":\#(work),"flights":\#(work),"exchanges":\#(work),"#
          + #""visits":\#(work),"sessions":{"opened":2968,"open":6},"#
          + #""upstream":{"requests":2911,"inFlight":8,"connectionsOpened":12},"store":{"kind":"own"}}"#)
    }
    let stats = try await FleetClient(socketPath: daemon.path, token: "key").stats()
    #expect(stats.version == "1.0.0" && stats.uptimeSeconds == 86_411.25 && !stats.isDraining && stats.store == .own)
    #expect(stats.connections == .init(now: 3, total: 118) && stats.connectionsRefused == 4)
    #expect(stats.calls == .init(now: 2, total: 5_210) && stats.subscriptions == .init(now: 1, total: 5))
    #expect(stats.sessions == .init(now: 6, total: 2_968))
    #expect(stats.upstreamRequests == .init(now: 8, total: 2_911) && stats.upstreamConnectionsOpened == 12)
    let flights = FleetClient.Stats.Work(counts: .init(now: 1, total: 61), joined: 7, waiters: 2, oldestSeconds: 0.42)
    #expect([stats.refreshes, stats.flights, stats.exchanges, stats.visits].allSatisfy { $0 == flights })
  }

  @Test(
    "an instant is read to the microsecond",
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2026-01-02T03:04:05Z", 1_767_323_045_000_000),
      ("2024-02-29T23:59:59.000001Z", 1_709_251_199_000_001), ("1969-12-31T23:59:59.5Z", -500_000),
      ("2100-03-01T00:00:00Z", 4_107_542_400_000_000), ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
      ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ] as [(String, Int64)])
  func instants(text: String, microseconds: Int64) {
    #expect(FleetClient.Instant(rfc3339: text)?.unixMicroseconds == microseconds)
  }

  @Test(
    "what is no instant in UTC is refused",
    arguments: [
      "", "Z", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02T03:04:05+00:00", "2026-13-02T03:04:05Z",
      "2026-01-02T24:04:05Z", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05.1234567Z", "2026-01-02 03:04:05Z",
      "２026-01-02T03:04:05Z",
    ])
  func notInstants(text: String) {
    #expect(FleetClient.Instant(rfc3339: text) == nil)
  }
}
