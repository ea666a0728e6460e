import Foundation
import StoreBuilder
import Testing
import UpstreamSimulator

/// Kills daemons at random moments of their exchanges, with a rival on the same store.
///
/// `CODEX_FLEET_CRASH_ROUNDS` says how often; `make crash-test` does it hundreds of times.
@Suite("Crashes at the worst moments")
struct CrashTests {
  private static let rounds = ProcessInfo.processInfo.environment["CODEX_FLEET_CRASH_ROUNDS"].flatMap { Int($0) } ?? 6

  @Test("a kill loses a login only between the provider's answer and the commit", .timeLimit(Patience.minutes(60)))
  func kills() async throws {
    let harness = try await CrashHarness(accounts: 8)
    for round in 1...Self.rounds { try await harness.run(round) }
    await harness.end()
    print(harness.report.text(rounds: Self.rounds))
    #expect(harness.report.unexplained.isEmpty, "\(harness.report.unexplained)")
    #expect(harness.report.exchanges > 0)
  }
}
