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
    let daemon = try await dying(times: 2)
    var told: [String] = []
    try await follower(daemon).follow { news in
      told += Self.words(news)
      return !told.contains("began a3")
    }
    #expect(told == ["began a1", "lost 0.25 seconds", "began a2", "lost 0.5 seconds", "began a3"])
  }

  @Test("comes less often to a daemon that dies as soon as it has answered, and soon to one that was there for long")
  func lifetimes() async throws {
    let daemon = try await dying(times: 4)
    // The clock is looked at when a connection begins and when it is lost; the third one lasts.
    let looks = NIOLockedValueBox<[Duration]>([0, 0, 1, 2, 3, 12, 13, 14].map { .seconds($0) })
    var told: [String] = []
    try await follower(daemon, uptime: { looks.withLockedValue { $0.removeFirst() } }).follow { news in
      told += Self.words(news)
      return !told.contains("began a5")
    }
    let losses = told.filter { $0.hasPrefix("lost") }
    #expect(losses == ["lost 0.25 seconds", "lost 0.5 seconds", "lost 0.25 seconds", "lost 0.5 seconds"])
  }

  @Test("waits longer each time, up to a limit, and a little less by chance")
  func backoff() {
    var (late, early) = (Backoff(), Backoff())
    #expect((0..<8).map { _ in late.pause(chance: 0) / .seconds(1) } == [0.25, 0.5, 1, 2, 4, 8, 8, 8])
    #expect((0..<8).map { _ in early.pause(chance: 1) / .seconds(1) } == [0.125, 0.25, 0.5, 1, 2, 4, 4, 4])
  }

  @Test("begins anew only after a connection that outlived the longest wait")
  func backoffAfterLife() {
    var backoff = Backoff()
    let lives: [Duration?] = [.zero, .seconds(8), nil, .seconds(8.001), .milliseconds(1), .seconds(3_600)]
    #expect(lives.map { backoff.pause(after: $0, chance: 0) / .seconds(1) } == [0.25, 0.5, 1, 0.25, 0.5, 0.25])
  }

  @Test("tells at once when there is no daemon at the start")
  func notThere() async throws {
    let clock = TestConsole().console.clock
    let daemon = Daemon(try SocketLookup(given: "/tmp/no-such.sock", environment: [:]), token: nil, clock: clock)
    var failures: [CommandStatus] = []
    await FleetFollower(daemon: daemon, accounts: nil, clock: clock).follow { news in
      if case .gaveUp(let failure) = news { failures.append(failure.status) }
      return true
    }
    #expect(failures == [.unreachable])
  }

  @Test("tries again when a daemon that was there does not answer any more")
  func silent() async throws {
    let (round, attempt, isSilent) = (NIOLockedValueBox(0), NIOLockedValueBox(0), Gate())
    let daemon = try await CannedDaemon([
      "fleet.subscribe": .script { call in
        let number = round.next()
        if number == 2 { isSilent.open() } else { call.begin([Fleets.account("a\(number)", name: "work")]) }
        if number == 1 { call.hangUp() }
      }
    ])
    var told: [String] = []
    let limit: @Sendable (Duration) async throws -> Void = { _ in
      await (attempt.next() == 2 ? isSilent : Gate()).passage()
      try Task.checkCancellation()
    }
    let follower = try follower(daemon, limit: limit)
    await follower.follow { news in
      told += Self.words(news)
      return !told.contains("began a3")
    }
    #expect(told.filter { !$0.hasPrefix("lost") } == ["began a1", "began a3"])
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

  /// A daemon that hangs up so many times as soon as it has told of an account, which has another id each time.
  private func dying(times: Int) async throws -> CannedDaemon {
    let round = NIOLockedValueBox(0)
    return try await CannedDaemon([
      "fleet.subscribe": .script { call in
        let number = round.next()
        call.begin([Fleets.account("a\(number)", name: "work")])
        if number <= times { call.hangUp() }
      }
    ])
  }

  private func follower(
    _ daemon: CannedDaemon, uptime: @escaping @Sendable () -> Duration = { .zero },
    limit: (@Sendable (Duration) async throws -> Void)? = nil
  ) throws -> FleetFollower {
    let console =
      limit.map { TestConsole(uptime: uptime, pause: { _ in }, limit: $0) }
      ?? TestConsole(uptime: uptime, pause: { _ in })
    let clock = console.console.clock
    return FleetFollower(
      daemon: Daemon(try SocketLookup(given: daemon.path, environment: [:]), token: nil, clock: clock), accounts: nil,
      clock: clock, chance: { 0 })
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
