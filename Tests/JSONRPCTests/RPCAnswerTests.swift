import JSON
import JSONRPC
import Testing

@Suite("Answers")
struct RPCAnswerTests {
  private func decode(_ line: String) throws -> RPCAnswer { try RPCAnswer.decode(Array(line.utf8)) }

  @Test("results, errors and notifications are told apart")
  func kinds() throws {
    #expect(try decode(#"{"jsonrpc":"2.0","id":1,"result":null}"#) == .result(.integer(1), .null))
    #expect(
      try decode(#"{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"m"}}"#)
        == .error(.null, RPCError(code: -1, dataCode: "", message: "m", retryable: false)))
    #expect(
      try decode(#"{"jsonrpc":"2.0","method":"fleet.changed","params":{"a":1}}"#)
        == .notification(method: "fleet.changed", params: ["a": 1]))
    #expect(try decode(#"{"jsonrpc":"2.0","method":"x"}"#) == .notification(method: "x", params: [:]))
  }

  @Test("a foreign error keeps its code and loses data it cannot keep")
  func foreignErrors() throws {
    guard
      case .error(_, let error) = try decode(#"{"jsonrpc":"2.0","id":1,"error":{"code":5,"message":"m","data":"d"}}"#)
    else {
      Issue.record("no error")
      return
    }
    #expect(error.code == 5)
    #expect(error.kind == nil)
    #expect(error.details.isEmpty)
  }

  @Test(
    "anything else is a decoding error that quotes nothing",
    arguments: [
      "", "secret", "[]", "1", "{}", #"{"jsonrpc":"1.0","id":1,"result":"secret"}"#,
      #"{"jsonrpc":"2.0","result":"secret"}"#,
      #"{"jsonrpc":"2.0","id":1}"#, #"{"jsonrpc":"2.0","id":true,"result":1}"#,
      #"{"jsonrpc":"2.0","id":1,"result":1,"error":{}}"#,
      #"{"jsonrpc":"2.0","id":1,"error":null}"#, #"{"jsonrpc":"2.0","id":1,"error":{"code":"x","message":"m"}}"#,
      #"{"jsonrpc":"2.0","id":1,"error":{"code":1.5,"message":"m"}}"#, #"{"jsonrpc":"2.0","id":1,"error":{"code":1}}"#,
      #"{"jsonrpc":"2.0","id":1,"method":"secret"}"#, #"{"jsonrpc":"2.0","method":7}"#,
      #"{"jsonrpc":"2.0","method":"m","params":["secret"]}"#, #"{"jsonrpc":"2.0","method":"m","result":1}"#,
      #"{"jsonrpc":"2.0","id":1,"result":1,"result":2}"#,
    ])
  func refusals(line: String) {
    let error = #expect(throws: RPCDecodingError.self) { try decode(line) }
    #expect(error.map { !"\($0)".contains("secret") } == true)
  }

  @Test("what the encoder writes for a server is what the decoder reads")
  func requests() {
    let params: JSONObject = ["token": "a\"\n", "accountIds": ["x", "y"]]
    #expect(
      RPCMessage.decode(RPCEncoder.request(id: .string("a"), method: "m\"", params: params))
        == .request(RPCRequest(id: .string("a"), method: "m\"", params: params)))
    #expect(
      RPCMessage.decode(RPCEncoder.notification(method: "$/cancelRequest", params: ["id": 1]))
        == .request(RPCRequest(id: nil, method: "$/cancelRequest", params: ["id": 1])))
  }

  @Test("every line has one newline, at its end")
  func newlines() {
    let lines = [
      RPCEncoder.request(id: .string("a\nb"), method: "m\n", params: ["x\n": "y\n"]),
      RPCEncoder.notification(method: "m\n", params: ["x": "\n"]),
      RPCEncoder.notification(method: "m\n", rawParams: Array("{}".utf8)),
      RPCEncoder.error(id: .string("\n"), .invalidRequest("\n")),
      RPCEncoder.result(id: .null, rawResult: Array("{}".utf8)),
    ]
    for line in lines {
      #expect(line.firstIndex(of: UInt8(ascii: "\n")) == line.count - 1)
    }
    #expect(text(lines[2]) == #"{"jsonrpc":"2.0","method":"m\n","params":{}}"# + "\n")
  }
}
