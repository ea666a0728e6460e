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
    /// The account's status afterwards.
    var status = "active"
    /// What a refresh comes to when the upstream is well again.
    var afterwards = "written"
    var testDescription: String { name }
  }

  private static func body(percent: String) -> UpstreamBehaviour {
    .body(#"{"plan_type":"plus","rate_limit":{"primary_window":{"used_percent":\#(percent)}}}"#)
  }

  static let faults = [
    Fault(
      name: "reset before the head", behaviour: UpstreamBehaviour(.resetBeforeHead), reason: "upstream_unreachable"),
    Fault(name: "reset in the body", behaviour: UpstreamBehaviour(.resetInBody), reason: "upstream_unreachable"),
    Fault(name: "truncated", behaviour: UpstreamBehaviour(.dropInBody), reason: "upstream_unreachable"),
    Fault(name: "hangs", behaviour: UpstreamBehaviour(.never), reason: "upstream_timeout"),
    Fault(name: "401", behaviour: .status(401), reason: "upstream_401", afterwards: "coolingDown"),
    Fault(name: "402", behaviour: .status(402), reason: "deactivated", status: "deactivated", afterwards: "skipped"),
    Fault(name: "403", behaviour: .status(403), reason: "upstream_403", afterwards: "coolingDown"),
    Fault(name: "404", behaviour: .status(404), reason: "deactivated", status: "deactivated", afterwards: "skipped"),
    Fault(name: "429 with Retry-After", behaviour: .status(429, retryAfter: "3600"), reason: "upstream_429"),
    Fault(name: "500", behaviour: .status(500), reason: "upstream_5xx"),
    Fault(name: "503", behaviour: .status(503), reason: "upstream_5xx"),
    Fault(
      name: "redirect", behaviour: UpstreamBehaviour(.redirect(to: "http://127.0.0.1:9/")), reason: "upstream_302"),
    Fault(
      name: "wrong content type",
      behaviour: UpstreamBehaviour(
        .raw(
          status: 200, body: Array("<html>sign in</html>".utf8),
          headers: [UpstreamBehaviour.Header("Content-Type", "text/html")])), reason: "upstream_payload_invalid"),
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
    let answer = try await scene.call("fleet.refresh")
    #expect(answer.tally == ["failed": 1, "written": 1])
    #expect(answer.outcomes.first?["reason"] as? String == fault.reason)
    let account = try #require(try await scene.call("fleet.summary").accounts.first)
    #expect(account["status"] as? String == fault.status)
    #expect((account["primary"] as? [String: Any])?["remainingPercent"] as? Double == 89)
    scene.upstream.behaveNormally()
    let after = try await scene.call("fleet.refresh", accounts: ["a-000"])
    #expect(after.outcomes.first?["outcome"] as? String == fault.afterwards)
    await scene.end()
  }

  @Test(
    "a host that has no address, and one where nobody listens, are told alike",
    arguments: [
      "http://no-such-host.invalid", "http://127.0.0.1:9",
    ])
  func unreachable(upstream: String) async throws {
    let store = try CodexLBStore.build {
      StoredAccount("a").usage("primary", 40)
      StoredKey("full")
    }
    let daemon = try await DaemonProcess.start(
      in: try TemporaryDirectory(), store: store.directory.path, upstream: upstream)
    let answer = try await daemon.call("fleet.refresh")
    #expect(answer.outcomes.first?["reason"] as? String == "upstream_unreachable")
    #expect(try await daemon.call("fleet.summary").accounts.count == 1)
    #expect(await daemon.stop().status == 0)
  }
}
