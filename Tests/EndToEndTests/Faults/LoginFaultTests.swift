import Foundation
import StoreBuilder
import Testing
import UpstreamSimulator

@Suite("Faults of the login service", .timeLimit(Patience.minutes(5)))
struct LoginFaultTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    var name: String
    var behaviour: UpstreamBehaviour
    /// The reason that the refresh tells.
    var reason: String
    /// Whether the service has taken the token, so that its answer was the only place where the next one stood.
    var usesToken = false
    var testDescription: String { name }
  }

  private static func answer(_ text: String, type: String = "application/json") -> UpstreamBehaviour {
    UpstreamBehaviour(
      .raw(status: 200, body: Array(text.utf8), headers: [UpstreamBehaviour.Header("Content-Type", type)]))
  }

  static let faults = [
    Fault(
      name: "closed before the head", behaviour: UpstreamBehaviour(.dropBeforeHead), reason: "exchange_unreachable"),
    Fault(
      name: "reset before the head", behaviour: UpstreamBehaviour(.resetBeforeHead), reason: "exchange_unreachable"),
    Fault(
      name: "reset in the body", behaviour: UpstreamBehaviour(.resetInBody), reason: "exchange_unreachable",
      usesToken: true),
    Fault(
      name: "truncated", behaviour: UpstreamBehaviour(.dropInBody), reason: "exchange_unreachable", usesToken: true),
    Fault(name: "hangs", behaviour: UpstreamBehaviour(.never), reason: "exchange_timeout"),
    Fault(name: "403", behaviour: .status(403), reason: "exchange_403"),
    Fault(name: "429 with Retry-After", behaviour: .status(429, retryAfter: "1"), reason: "exchange_429"),
    Fault(name: "500", behaviour: .status(500), reason: "exchange_5xx"),
    Fault(name: "503", behaviour: .status(503, retryAfter: "1"), reason: "exchange_5xx"),
    Fault(
      name: "redirect", behaviour: UpstreamBehaviour(.redirect(to: "http://127.0.0.1:9/")), reason: "exchange_302"),
    Fault(
      name: "web page", behaviour: answer("<html>sign in</html>", type: "text/html"),
      reason: "exchange_payload_invalid"),
    Fault(
      name: "wrong types", behaviour: answer(#"{"access_token":1,"refresh_token":[],"id_token":{}}"#),
      reason: "exchange_payload_invalid"),
    Fault(
      name: "two tokens of three", behaviour: answer(#"{"access_token":"a","id_token":"b"}"#),
      reason: "exchange_payload_invalid"),
    Fault(name: "gzip bomb", behaviour: .gzipBomb(bytes: 8 << 20), reason: "exchange_payload_invalid"),
    Fault(
      name: "10 MB body", behaviour: UpstreamBehaviour(.huge(bytes: 10_000_000)), reason: "exchange_payload_invalid"),
  ]

  @Test("a token is presented once, others are served, and a login is lost only with its answer", arguments: faults)
  func trouble(fault: Fault) async throws {
    let scene = try await Scene.set(accounts: 2)
    scene.upstream.expireAccessToken(of: "a-000")
    scene.upstream.behave(fault.behaviour, account: "a-000", call: .token)
    scene.upstream.hold(.token)
    let refreshing = try scene.beginRefresh(accounts: ["a-000"])
    await scene.upstream.waitForTokenRequests(1)
    #expect(try await scene.call("fleet.summary").accounts.count == 2)
    #expect(try await scene.call("fleet.refresh", accounts: ["a-001"]).tally == ["written": 1])
    scene.upstream.release(.token)
    let outcome = try #require(try Answer(await refreshing.readLine()).outcomes.first)
    #expect(outcome["outcome"] as? String == "failed" && outcome["reason"] as? String == fault.reason)
    #expect(try await scene.call("fleet.summary").accounts.first?["status"] as? String == "active")
    // What may have been taken is not presented again at once, also when the service is well again.
    scene.upstream.behaveNormally()
    #expect(try await scene.call("fleet.refresh").tally == ["coolingDown": 1, "fresh": 1])
    #expect(scene.upstream.counters.tokenRequests == 1)
    try await expectLogin(after: fault, of: scene)
  }

  /// Goes on with a daemon that knows of no cool-down.
  private func expectLogin(after fault: Fault, of scene: Scene) async throws {
    #expect(await scene.daemon.stop().status == 0)
    let next = try await DaemonProcess.start(
      in: scene.folder, store: scene.store.directory.path, upstream: scene.upstream.baseURL)
    let first = try #require(try await next.call("fleet.refresh").outcomes.first)
    if fault.usesToken {
      #expect(first["outcome"] as? String == "failed" && first["reason"] as? String == "reauth_required")
      scene.upstream.signIn("a-000")
      try scene.store.signIn(
        "a-000", accessToken: scene.upstream.accessToken(of: "a-000"),
        refreshToken: scene.upstream.refreshToken(of: "a-000"))
      #expect(try await next.call("fleet.refresh").outcomes.first?["outcome"] as? String == "written")
    } else {
      #expect(first["outcome"] as? String == "written")
      #expect(scene.upstream.counters.refreshTokensReused == 0)
    }
    #expect(scene.upstream.counters.tokenRequests == 2)
    #expect(try scene.store.refreshTokens()["a-000"] == scene.upstream.refreshToken(of: "a-000"))
    #expect(await next.stop().status == 0)
    await scene.upstream.stop()
  }
}
