import Testing

@testable import Fleet

@Suite("Effects of the upstream's answers")
struct UpstreamEffectTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var failure: UpstreamFailure
    /// What the first answer means.
    var first: UpstreamEffect
    /// What the answer after an exchange means.
    var second: UpstreamEffect

    init(
      _ name: String, _ failure: UpstreamFailure, _ first: UpstreamEffect, afterExchange second: UpstreamEffect? = nil
    ) {
      testDescription = name
      self.failure = failure
      self.first = first
      self.second = second ?? first
    }
  }

  static let rows = [
    Row("402 ends the account", UpstreamFailure(.status(402)), .retire(.deactivated, reason: "usage: HTTP 402")),
    Row("404 ends the account", UpstreamFailure(.status(404)), .retire(.deactivated, reason: "usage: HTTP 404")),
    Row(
      "words that say so end the account, whatever the status",
      UpstreamFailure(.status(500), errorCode: "other", saysDeactivated: true),
      .retire(.deactivated, reason: "usage: deactivated by the provider")),
    Row(
      "words that say so go before an exchange", UpstreamFailure(.status(401), saysDeactivated: true),
      .retire(.deactivated, reason: "usage: deactivated by the provider")),
    Row(
      "a code goes before what 404 alone would mean", UpstreamFailure(.status(404), errorCode: "token_expired"),
      .retire(.reauthRequired, reason: "usage: token_expired")),
    Row(
      "a code goes before words", UpstreamFailure(.status(401), errorCode: "token_invalidated", saysDeactivated: true),
      .retire(.reauthRequired, reason: "usage: token_invalidated")),
    Row("another 401 asks for an exchange, once", UpstreamFailure(.status(401)), .exchange, afterExchange: .coolDown),
    Row(
      "a 401 with a code that means nothing asks for an exchange",
      UpstreamFailure(.status(401), errorCode: "unauthorized"), .exchange, afterExchange: .coolDown),
    Row("403 starts a cool-down and ends nothing", UpstreamFailure(.status(403)), .coolDown),
    Row("429 changes nothing", UpstreamFailure(.status(429), retryAfter: .seconds(9)), .nothing),
    Row("500 changes nothing", UpstreamFailure(.status(500)), .nothing),
    Row("410 changes nothing", UpstreamFailure(.status(410), errorCode: "gone"), .nothing),
    Row("302 changes nothing", UpstreamFailure(.status(302)), .nothing),
    Row("a payload that is none changes nothing", UpstreamFailure(.invalidPayload), .nothing),
    Row("no answer in time changes nothing", UpstreamFailure(.timedOut), .nothing),
    Row("no connection changes nothing", UpstreamFailure(.unreachable), .nothing),
    Row("no way through the proxies changes nothing", UpstreamFailure(.proxyUnreachable), .nothing),
  ]

  @Test("each kind of answer has its effect", arguments: rows)
  func effects(row: Row) {
    #expect(UpstreamEffect(of: row.failure, mayExchange: true) == row.first)
    #expect(UpstreamEffect(of: row.failure, mayExchange: false) == row.second)
  }

  @Test(
    "codes that say something for good end the login or the account, whatever the status",
    arguments: [
      ("refresh_token_expired", AccountStatus.reauthRequired), ("refresh_token_reused", .reauthRequired),
      ("refresh_token_invalidated", .reauthRequired), ("invalid_grant", .reauthRequired),
      ("token_invalidated", .reauthRequired), ("token_expired", .reauthRequired),
      ("app_session_terminated", .reauthRequired), ("account_session_expired", .reauthRequired),
      ("account_auth_invalidated", .reauthRequired), ("account_deactivated", .deactivated),
      ("account_suspended", .deactivated), ("account_deleted", .deactivated),
    ])
  func permanentCodes(code: String, status: AccountStatus) {
    for answer in [400, 401, 403, 429, 503] {
      let failure = UpstreamFailure(.status(answer), errorCode: code)
      for mayExchange in [true, false] {
        #expect(
          UpstreamEffect(of: failure, mayExchange: mayExchange) == .retire(status, reason: "usage: \(code)"))
      }
    }
    #expect(PermanentFailure.status(after: code) == status)
    #expect(PermanentFailure.status(after: code + "x") == nil)
  }
}
