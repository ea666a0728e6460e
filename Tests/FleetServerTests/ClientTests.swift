import Fleet
import FleetClient
import FleetServer
import JSONRPC
import Testing

@Suite("The client library and the server", .timeLimit(.minutes(1)))
struct ClientTests {
  @Test("what the core says arrives at the client")
  func results() async throws {
    let record = AccountRecord(
      account: Account(id: "a", email: "a@example.com", plan: Plan("plus"), status: .active),
      latest: LatestUsage(
        primary: UsageSample(recordedAt: StubFleet.instant, usedPercent: 40, resetAt: 4_102_444_800)))
    let report = RefreshReport(
      usageWritten: true, accountCount: 1, attemptedCount: 1, generatedAt: StubFleet.instant,
      outcomes: [RefreshOutcome(accountID: "a", result: .fresh, observedAt: StubFleet.instant)])
    let fleet = StubFleet(
      summaryAnswer: { (_) async throws(StoreError) in StubFleet.look([record]) },
      refreshAnswer: { (_) async throws(RefreshRefusal) in report })
    try await TestServer.with(fleet) { server in
      let client = FleetClient(socketPath: server.path, token: "full")
      let account = try #require(try await client.summary().accounts.first)
      #expect(account.id == "a" && account.status == .active && account.primary.remainingPercent == 60)
      #expect(account.primary.resetAt?.rfc3339 == "2100-01-01T00:00:00Z")
      let refreshed = try await client.refresh(accountIDs: ["a"])
      #expect(refreshed.usageWritten && refreshed.outcomes.first?.kind == .fresh)
      #expect(try await client.health().status == .ok)
    }
  }

  @Test("an error arrives with its kind")
  func errors() async throws {
    try await TestServer.with { server in
      let client = FleetClient(socketPath: server.path, token: "expired")
      await #expect(throws: FleetClient.Failure.rpc(.apiKeyExpired)) { try await client.summary() }
    }
  }

  @Test("many calls at once are all answered, though only some run at a time")
  func many() async throws {
    try await TestServer.with { server in
      let client = FleetClient(socketPath: server.path, token: "full")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 1...500 { group.addTask { _ = try await client.summary() } }
        try await group.waitForAll()
      }
      #expect(server.server.statistics.callsStarted == 500)
    }
  }
}
