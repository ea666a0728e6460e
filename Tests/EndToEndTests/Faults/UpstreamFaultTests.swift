import Foundation
import StoreBuilder
import Testing
import UpstreamSimulator

@Suite("Faults of the upstream", .timeLimit(Patience.minutes(5)))
struct UpstreamFaultTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    var name: String
    var behaviour: UpstreamBehaviour
    /// The reason that the refresh tells.
    var reason: String
    /// How often the account's usage is asked for.
    var requests = 1
    /// How often its refresh token is presented.
    var exchanges = 0
    /// How many seconds it is told to be left alone from then on.
    var pause: TimeInterval?
    /// The account's status afterwards.
    var status = "active"
    /// What a refresh comes to when the upstream is well again.
    var afterwards = "written"
    var testDescription: String { name }
  }

  private static func body(percent: String, endsConnection: Bool = false) -> UpstreamBehaviour {
    let text = #"{"plan_type":"plus","rate_limit":{"primary_window":{"used_percent":\#(percent)}}}"#
    return UpstreamBehaviour(
      .raw(status: 200, body: Array(text.utf8), headers: []), endsConnection: endsConnection)
  }

  private static func html(_ text: String) -> UpstreamBehaviour {
    UpstreamBehaviour(
      .raw(status: 200, body: Array(text.utf8), headers: [UpstreamBehaviour.Header("Content-Type", "text/html")]))
  }

  static let faults = [
    Fault(
      name: "reset before the head", behaviour: UpstreamBehaviour(.resetBeforeHead), reason: "upstream_unreachable",
      requests: 3),
    Fault(
      name: "reset in the body", behaviour: UpstreamBehaviour(.resetInBody), reason: "upstream_unreachable",
      requests: 3),
    Fault(
      name: "truncated", behaviour: UpstreamBehaviour(.dropInBody), reason: "upstream_unreachable", requests: 3),
    Fault(name: "hangs", behaviour: UpstreamBehaviour(.never), reason: "upstream_timeout"),
    Fault(
      name: "401", behaviour: .status(401), reason: "upstream_401", requests: 2, exchanges: 1, pause: 300,
      afterwards: "coolingDown"),
    Fault(name: "402", behaviour: .status(402), reason: "deactivated", status: "deactivated", afterwards: "skipped"),
    Fault(name: "403", behaviour: .status(403), reason: "upstream_403", pause: 300, afterwards: "coolingDown"),
    Fault(name: "404", behaviour: .status(404), reason: "deactivated", status: "deactivated", afterwards: "skipped"),
    Fault(
      name: "429 with a Retry-After that is too long", behaviour: .status(429, retryAfter: "3600"),
      reason: "upstream_429", pause: 3_600),
    Fault(
      name: "429 with a short Retry-After", behaviour: .status(429, retryAfter: "1"), reason: "upstream_429",
      requests: 3, pause: 1),
    Fault(name: "500", behaviour: .status(500), reason: "upstream_5xx", requests: 3),
    Fault(name: "503", behaviour: .status(503), reason: "upstream_5xx", requests: 3),
    Fault(
      name: "redirect", behaviour: UpstreamBehaviour(.redirect(to: "http://127.0.0.1:9/")), reason: "upstream_302"),
    Fault(name: "wrong content type", behaviour: html("<html>sign in</html>"), reason: "upstream_payload_invalid"),
    Fault(name: "gzip bomb", behaviour: .gzipBomb(bytes: 8 << 20), reason: "upstream_payload_invalid"),
    Fault(
      name: "10 MB body", behaviour: UpstreamBehaviour(.huge(bytes: 10_000_000)), reason: "upstream_payload_invalid"),
    Fault(name: "NaN", behaviour: body(percent: "NaN"), reason: "upstream_payload_invalid"),
    Fault(name: "1e308", behaviour: body(percent: "1e308"), reason: "upstream_payload_invalid"),
    Fault(name: "wrong types", behaviour: body(percent: "[1]"), reason: "upstream_payload_invalid"),
  ]

  @Test("one account's trouble is told, changes no sample, and holds up nobody else", arguments: faults)
  func trouble(fault: Fault) async throws {
    let scene = try await Scene.set(
      accounts: 2, change: { $0.id == "a-000" ? $0.usage("primary", 11, at: "2026-01-02 03:04:05.000000") : $0 })
    scene.upstream.behave(fault.behaviour, account: "a-000")
    // A connection that is kept has libcurl ask once more by itself when it breaks; nobody leaves one here.
    scene.upstream.behave(Self.body(percent: "25", endsConnection: true), account: "a-001")
    scene.upstream.hold()
    let begun = Date.now
    let refreshing = try scene.beginRefresh()
    await scene.upstream.waitForUsageRequests(2)
    #expect(try await scene.call("fleet.summary").accounts.count == 2)
    scene.upstream.release()
    let answer = try Answer(await refreshing.readLine())
    #expect(answer.tally == ["failed": 1, "written": 1])
    let outcome = try #require(answer.outcomes.first)
    #expect(outcome["reason"] as? String == fault.reason)
    try expect(outcome["blockedUntil"], seconds: fault.pause, after: begun)
    #expect(scene.upstream.counters.usageRequestsByAccount == ["a-000": fault.requests, "a-001": 1])
    #expect(scene.upstream.counters.tokenRequests == fault.exchanges)
    let account = try #require(try await scene.call("fleet.summary").accounts.first)
    #expect(account["status"] as? String == fault.status)
    #expect((account["primary"] as? [String: Any])?["remainingPercent"] as? Double == 89)
    scene.upstream.behaveNormally()
    let after = try await scene.call("fleet.refresh", accounts: ["a-000"])
    #expect(after.outcomes.first?["outcome"] as? String == fault.afterwards)
    #expect(scene.upstream.counters.refreshTokensReused == 0)
    await scene.end()
  }

  /// Expects that a pause that is told began after an instant and before now; none is to be told without one.
  private func expect(_ end: Any?, seconds: TimeInterval?, after begin: Date) throws {
    guard let seconds else {
      #expect(end == nil)
      return
    }
    let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    let text = try #require(end as? String)
    let told = try (try? format.parse(text)) ?? Date.ISO8601FormatStyle().parse(text)
    // The format knows milliseconds.
    #expect(
      told >= begin.addingTimeInterval(seconds - 0.001) && told <= Date.now.addingTimeInterval(seconds), "\(text)")
  }

  @Test("usage that is sent as a web page is taken for what it is")
  func usageAsHTML() async throws {
    let scene = try await Scene.set(accounts: 1)
    scene.upstream.behave(Self.html(#"{"plan_type":"plus","rate_limit":{"primary_window":{"used_percent":30}}}"#))
    #expect(try await scene.call("fleet.refresh").tally == ["written": 1])
    let account = try #require(try await scene.call("fleet.summary").accounts.first)
    #expect((account["primary"] as? [String: Any])?["remainingPercent"] as? Double == 70)
    await scene.end()
  }

  @Test(
    "a host that has no address, and one where nobody listens, are told alike, until somebody does",
    arguments: ["no address", "no listener"])
  func unreachable(fault: String) async throws {
    let port = try ClosedPort()
    let store = try CodexLBStore.build {
      StoredAccount("a").usage("primary", 40)
      StoredKey("full")
    }
    let hasAddress = fault == "no listener"
    let daemon = try await DaemonProcess.start(
      in: try TemporaryDirectory(), store: store.directory.path,
      upstream: hasAddress ? "http://127.0.0.1:\(port.number)" : "http://no-such-host.invalid")
    // There are pauses between the attempts, in which what comes behind the refresh is answered.
    let connection = try RawConnection(daemon.socketPath)
    try connection.send(
      Scene.line("fleet.refresh", token: Scene.token, accounts: nil)
        + Scene.line("fleet.summary", id: 2, token: Scene.token, accounts: nil))
    #expect(try Answer(await connection.readLine()).accounts.count == 1)
    let answer = try Answer(await connection.readLine())
    #expect(answer.outcomes.first?["reason"] as? String == "upstream_unreachable")
    let figures = try await daemon.call("daemon.stats").result["upstream"] as? [String: Int]
    #expect(figures == ["requests": 3, "inFlight": 0, "connectionsOpened": 0])
    if hasAddress {
      let listener = try await UpstreamSimulator.start(port: port.number)
      listener.add(SimulatedAccount(id: "a"))
      try store.signIn(
        "a", accessToken: listener.accessToken(of: "a"), refreshToken: listener.refreshToken(of: "a"))
      #expect(try await daemon.call("fleet.refresh").tally == ["written": 1])
      #expect(listener.counters.usageRequests == 1)
      await listener.stop()
    }
    #expect(await daemon.stop().status == 0)
  }
}
