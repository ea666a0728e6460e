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
