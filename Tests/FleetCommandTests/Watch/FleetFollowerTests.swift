import FleetClient
import JSON
import JSONRPC
import NIOConcurrencyHelpers
import Testing

@testable import FleetCommand

@Suite("Following a fleet", .timeLimit(.minutes(1)))
struct FleetFollowerTests {
  @Test("goes on when the connection is lost, with all accounts anew")
  func reconnecting() async throws {
    let round = NIOLockedValueBox(0)
    let daemon = try await CannedDaemon([
      "fleet.subscribe": .script { call in
        let number = round.withLockedValue { round in
          round += 1
          return round
        }
        call.begin([Fleets.account("a\(number)", name: "work")])
        if number < 3 { call.hangUp() }
      }
    ])
    var told: [String] = []
    try await follower(daemon).follow { news in
      told += Self.words(news)
      return !told.contains("began a3")
    }
    #expect(told == ["began a1", "lost 0.25 seconds", "began a2", "lost 0.25 seconds", "began a3"])
  }

  @Test("waits longer each time, up to a limit")
  func backoff() {
    var backoff = Backoff()
    let pauses = (0..<8).map { _ in backoff.pause() / .seconds(1) }
    #expect(pauses == [0.25, 0.5, 1, 2, 4, 8, 8, 8])
  }

  @Test("tells at once when there is no daemon at the start")
  func notThere() async throws {
    let daemon = Daemon(try SocketLookup(given: "/tmp/no-such.sock", environment: [:]), token: nil)
    var failures: [CommandStatus] = []
    await FleetFollower(daemon: daemon, accounts: nil, clock: TestConsole().console.clock).follow { news in
      if case .gaveUp(let failure) = news { failures.append(failure.status) }
      return true
    }
    #expect(failures == [.unreachable])
  }

  @Test("gives up when the key is no longer good")
  func revoked() async throws {
    let daemon = try await CannedDaemon([
      "fleet.subscribe": .script { call in
        call.begin([])
        call.end()
      }
    ])
    var told: [String] = []
    try await follower(daemon).follow { news in
      told += Self.words(news)
      return true
    }
    #expect(told.last == "gave up: unauthorized")
  }

  @Test(
    "knows what may pass by itself",
    arguments: [
      (FleetClient.Failure.notRunning(path: "p"), true), (.connectionLost, true), (.rpc(.serviceUnavailable()), true),
      (.rpc(.overloaded("x")), true), (.rpc(.internalError(incident: "1")), true), (.permissionDenied(path: "p"), true),
      (.rpc(.invalidAPIKey), false), (.rpc(.apiKeyExpired), false), (.rpc(.methodNotFound("m")), false),
      (.subscriptionEnded(reason: "unauthorized"), false), (.protocolViolation("x"), false), (.closed, false),
    ])
  func passing(failure: FleetClient.Failure, mayPass: Bool) { #expect(FleetFollower.mayPass(failure) == mayPass) }

  private func follower(_ daemon: CannedDaemon) throws -> FleetFollower {
    FleetFollower(
      daemon: Daemon(try SocketLookup(given: daemon.path, environment: [:]), token: nil), accounts: nil,
      clock: TestConsole(pause: { _ in }).console.clock)
  }

  private static func words(_ news: FleetFollower.News) -> [String] {
    switch news {
    case .began(let change): ["began \(change.accounts.map(\.id).joined(separator: " "))"]
    case .changed(let change): ["changed \(change.accounts.map(\.id).joined(separator: " "))"]
    case .lost(_, let pause): ["lost \(pause)"]
    case .gaveUp(let failure): ["gave up: \(failure.status)"]
    }
  }
}
