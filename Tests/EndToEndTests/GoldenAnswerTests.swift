import Foundation
import StoreBuilder
import Testing

/// Where an account stands in an answer: by the bytes of its e-mail address, then of its identifier.
private struct Order: Comparable {
  let email: String
  let id: String

  static func < (left: Order, right: Order) -> Bool {
    if left.email != right.email { return left.email.utf8.lexicographicallyPrecedes(right.email.utf8) }
    return left.id.utf8.lexicographicallyPrecedes(right.id.utf8)
  }
}

@Suite(
  "Stores that codex-lb wrote, over the real socket", .enabled(if: Fixtures.directory != nil),
  .timeLimit(Patience.minutes(5)))
struct GoldenAnswerTests {
  @Test("every key gets codex-lb's own answer, field by field", arguments: Fixtures.names)
  func everyKeyGetsTheGoldenAnswer(store: String) async throws {
    let folder = try TemporaryDirectory()
    let daemon = try await DaemonProcess.start(in: folder, store: try Fixtures.copy(store, to: folder))
    let keys = try Fixtures.keys(of: store)
    #expect(!keys.isEmpty)
    for key in keys {
      let answer = try await ask(daemon, token: key.key)
      let golden = try Fixtures.golden(key.name, of: store)
      if key.expected_status == 200 {
        let result = try #require(answer["result"] as? [String: Any], "\(key.name): no result")
        let accounts = try #require(result["accounts"] as? [[String: Any]])
        let expected = try #require(golden["accounts"] as? [[String: Any]])
        #expect(accounts.count == expected.count, "\(store) \(key.name)")
        #expect(order(of: accounts) == order(of: accounts).sorted())
        // codex-lb leaves the order of accounts with one e-mail address open.
        for (account, wanted) in zip(accounts, expected.sorted { order(of: $0) < order(of: $1) }) {
          // It knows no monthly window in its answers; everything else has to agree, and nothing may be added.
          var known = account
          #expect(known.removeValue(forKey: "monthly") != nil)
          let id = wanted["accountId"] as? String ?? "?"
          #expect(known as NSDictionary == wanted as NSDictionary, "\(store) \(key.name) \(id)")
        }
        #expect(Set(result.keys) == ["accounts", "generatedAt"])
      } else {
        #expect(answer["result"] == nil)
        let error = try #require(answer["error"] as? [String: Any])
        let data = try #require(error["data"] as? [String: Any])
        #expect(error["code"] as? Int == -32001)
        #expect(data["code"] as? String == (key.name == "expired" ? "api_key_expired" : "invalid_api_key"))
      }
    }
    #expect(await daemon.stop().status == 0)
  }

  @Test("no key, an empty key and a wrong key are told apart and let nobody in")
  func badKeys() async throws {
    let folder = try TemporaryDirectory()
    let daemon = try await DaemonProcess.start(in: folder, store: try Fixtures.copy("edge", to: folder))
    for (params, code) in [
      ("{}", "missing_api_key"), (#"{"token":""}"#, "missing_api_key"),
      (#"{"token":"sk-clb-wrong"}"#, "invalid_api_key"),
    ] {
      let connection = try RawConnection(daemon.socketPath)
      try connection.send(
        #"{"jsonrpc":"2.0","id":"a","method":"fleet.summary","params":\#(params)}"# + "\n", isWellFormed: false)
      let answer = try object(await connection.readLine())
      let data = (answer["error"] as? [String: Any])?["data"] as? [String: Any]
      #expect(data?["code"] as? String == code)
      #expect(answer["result"] == nil)
    }
  }

  private func order(of accounts: [[String: Any]]) -> [Order] { accounts.map { order(of: $0) } }

  private func order(of account: [String: Any]) -> Order {
    Order(email: account["email"] as? String ?? "", id: account["accountId"] as? String ?? "")
  }

  private func ask(_ daemon: DaemonProcess, token: String) async throws -> [String: Any] {
    let connection = try RawConnection(daemon.socketPath)
    try connection.send(#"{"jsonrpc":"2.0","id":1,"method":"fleet.summary","params":{"token":"\#(token)"}}"# + "\n")
    connection.finishSending()
    return try object(await connection.readToEnd())
  }

  private func object(_ text: String) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
  }
}
