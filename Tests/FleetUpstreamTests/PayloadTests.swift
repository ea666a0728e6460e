import Fleet
import Testing

@testable import FleetUpstream

@Suite("usage payloads")
struct PayloadTests {
  @Test(
    "numbers may be written as text, with white space around them",
    arguments: ["\"42.5\"", "\" 42.5 \"", "42.5", "4.25e1"])
  func numericText(_ number: String) throws {
    let body = """
      {"rate_limit": {"primary_window": {"used_percent": \(number), "reset_at": \(number),
      "limit_window_seconds": \(number), "reset_after_seconds": \(number)}}, "credits": {"balance": \(number)}}
      """
    let payload = try #require(UsagePayload(body: Array(body.utf8)))
    #expect(
      payload.primary
        == .init(usedPercent: 42.5, resetAt: 42.5, resetAfterSeconds: 42.5, limitWindowSeconds: 42.5))
    #expect(payload.credits.balance == 42.5)
  }

  @Test("members that are unknown, null or missing are no fault")
  func leniency() {
    let bodies = [
      "{}", "{\"new\": [1, {\"x\": null}]}", "{\"plan_type\": null, \"rate_limit\": null, \"credits\": null}",
      "{\"rate_limit\": {\"primary_window\": null, \"allowed\": true}, \"additional_rate_limits\": null}",
    ]
    for body in bodies { #expect(UsagePayload(body: Array(body.utf8)) == UsagePayload(), "\(body)") }
  }

  @Test(
    "a wrong type or an absurd number anywhere makes the whole payload invalid",
    arguments: [
      "", " ", "null", "[]", "1", "\"text\"", "{", "{} x", "{\"plan_type\": \"plus\",}", "\u{FEFF}{}",
      "{\"plan_type\": 1}", "{\"plan_type\": [\"plus\"]}", "{\"workspace_id\": 7}", "{\"workspace_label\": {}}",
      "{\"seat_type\": false}", "{\"rate_limit\": []}", "{\"rate_limit\": \"none\"}",
      "{\"rate_limit\": {\"primary_window\": 5}}", "{\"rate_limit\": {\"secondary_window\": [1]}}",
      "{\"rate_limit\": {\"primary_window\": {\"used_percent\": true}}}",
      "{\"rate_limit\": {\"primary_window\": {\"used_percent\": \"\"}}}",
      "{\"rate_limit\": {\"primary_window\": {\"used_percent\": \"much\"}}}",
      "{\"rate_limit\": {\"primary_window\": {\"used_percent\": \"nan\"}}}",
      "{\"rate_limit\": {\"primary_window\": {\"used_percent\": \"inf\"}}}",
      "{\"rate_limit\": {\"primary_window\": {\"used_percent\": 1e999}}}",
      "{\"rate_limit\": {\"primary_window\": {\"used_percent\": NaN}}}",
      "{\"rate_limit\": {\"primary_window\": {\"used_percent\": -1}}}",
      "{\"rate_limit\": {\"primary_window\": {\"used_percent\": 1e9}}}",
      "{\"rate_limit\": {\"primary_window\": {\"used_percent\": \"0x10\"}}}",
      "{\"rate_limit\": {\"secondary_window\": {\"reset_at\": -5}}}",
      "{\"rate_limit\": {\"primary_window\": {\"reset_at\": 1e300}}}",
      "{\"rate_limit\": {\"primary_window\": {\"reset_at\": -1e15}}}",
      "{\"rate_limit\": {\"primary_window\": {\"reset_after_seconds\": {}}}}",
      "{\"rate_limit\": {\"primary_window\": {\"limit_window_seconds\": [300]}}}",
      "{\"credits\": true}", "{\"credits\": {\"has_credits\": \"yes\"}}", "{\"credits\": {\"unlimited\": 1}}",
      "{\"credits\": {\"balance\": \"a lot\"}}", "{\"credits\": {\"balance\": []}}",
      "{\"additional_rate_limits\": {}}", "{\"additional_rate_limits\": [1]}", "{\"additional_rate_limits\": [null]}",
      "{\"additional_rate_limits\": [{\"limit_name\": 1}]}", "{\"additional_rate_limits\": [{\"rate_limit\": 1}]}",
      "{\"plan_type\": \"plus\", \"plan_type\": \"pro\"}",
    ])
  func invalid(_ body: String) {
    #expect(UsagePayload(body: Array(body.utf8)) == nil)
  }

  @Test("bytes that are no UTF-8, and nesting without end, are invalid")
  func hostileBytes() {
    #expect(UsagePayload(body: [0x7B, 0xFF, 0x7D]) == nil)
    #expect(UsagePayload(body: Array("{\"plan_type\": \"".utf8) + [0xC3, 0x28] + Array("\"}".utf8)) == nil)
    #expect(UsagePayload(body: Array("{\"x\": ".utf8) + [UInt8](repeating: UInt8(ascii: "["), count: 500_000)) == nil)
  }
}
