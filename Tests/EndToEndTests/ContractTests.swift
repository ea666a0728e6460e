import Foundation
import StoreBuilder
import Testing

/// Runs the worked examples of the contract against a real daemon.
@Suite("The contract's worked examples", .timeLimit(Patience.minutes(5)))
struct ContractTests {
  /// One line, and what it is answered with; its parts stand as they are in the document.
  private struct Exchange {
    let line: String
    let expected: [Any]

    init?(_ object: [String: Any]) {
      guard let expected = object["receive"] as? [Any] else { return nil }
      self.expected = expected
      if let text = object["sendText"] as? String {
        line = text
      } else if let value = object["send"],
        let data = try? JSONSerialization.data(
          withJSONObject: value, options: [.fragmentsAllowed])
      {
        line = String(decoding: data, as: UTF8.self)
      } else {
        return nil
      }
    }
  }

  private static func conversations() throws -> [[String: Any]] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../rpc-schema/openrpc.json")
    let document = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    return try #require(document?["x-conversations"] as? [[String: Any]])
  }

  @Test("every line is answered as the document says")
  func conversations() async throws {
    let store = try CodexLBStore.build {
      StoredAccount("a")
      StoredKey("full")
    }
    let daemon = try await DaemonProcess.start(in: try TemporaryDirectory(), store: store.directory.path)
    let conversations = try Self.conversations()
    #expect(conversations.count > 20)
    for conversation in conversations {
      let name = conversation["name"] as? String ?? "?"
      let connection = try RawConnection(daemon.socketPath)
      var subscription = ""
      for object in conversation["exchanges"] as? [[String: Any]] ?? [] {
        let exchange = try #require(Exchange(object), "\(name)")
        let line = exchange.line.replacing("$TOKEN", with: Scene.token).replacing("$SUBSCRIPTION", with: subscription)
        try connection.send(line + "\n", isWellFormed: false)
        for expected in exchange.expected {
          let text = try await connection.readLine()
          let answer = try JSONSerialization.jsonObject(with: Data(text.utf8))
          #expect(Self.fits(answer, expected), "\(name): \(text.prefix(300))")
          let result = (answer as? [String: Any])?["result"] as? [String: Any]
          subscription = result?["subscription"] as? String ?? subscription
        }
      }
      // What is not to be answered was not: the next answer is this one's.
      try connection.send(#"{"jsonrpc":"2.0","id":"end","method":"daemon.health"}"# + "\n")
      #expect(try Answer(await connection.readLine()).object["id"] as? String == "end", "\(name)")
    }
    #expect(await daemon.stop().status == 0)
  }

  /// Whether a value is what a pattern says: `<any>`, `<string>` and `<timestamp>` stand for many.
  private static func fits(_ value: Any, _ pattern: Any) -> Bool {
    switch (value, pattern) {
    case (_, let pattern as String) where pattern == "<any>": true
    case (let value as String, let pattern as String):
      switch pattern {
      case "<string>": true
      case "<timestamp>":
        value.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z/) != nil
      default: value == pattern
      }
    case (let value as [String: Any], let pattern as [String: Any]):
      Set(value.keys) == Set(pattern.keys)
        && value.allSatisfy { key, member in pattern[key].map { fits(member, $0) } ?? false }
    case (let value as [Any], let pattern as [Any]):
      value.count == pattern.count && zip(value, pattern).allSatisfy { fits($0, $1) }
    case (let value as NSNumber, let pattern as NSNumber): value == pattern
    case (is NSNull, is NSNull): true
    default: false
    }
  }
}
