import JSON
import JSONRPC
import Testing

@Suite("Requests")
struct RPCMessageTests {
  @Test("a call with params by name")
  func call() {
    #expect(
      decoded(#"{"jsonrpc":"2.0","id":1,"method":"fleet.summary","params":{"token":"k","accountIds":["a"]}}"#)
        == .request(
          RPCRequest(id: .integer(1), method: "fleet.summary", params: ["token": "k", "accountIds": ["a"]])))
  }

  @Test("absent params are no params")
  func absentParams() {
    #expect(decoded(#"{"jsonrpc":"2.0","id":1,"method":"m"}"#) == .request(RPCRequest(id: .integer(1), method: "m")))
  }

  @Test("a request without id is a notification, one with id null is a call")
  func notification() {
    #expect(decoded(#"{"jsonrpc":"2.0","method":"m"}"#) == .request(RPCRequest(id: nil, method: "m")))
    #expect(decoded(#"{"jsonrpc":"2.0","id":null,"method":"m"}"#) == .request(RPCRequest(id: .null, method: "m")))
    #expect(RPCRequest(id: nil, method: "m").isNotification)
    #expect(!RPCRequest(id: .null, method: "m").isNotification)
  }

  @Test("members besides those of the envelope are tolerated")
  func extraMembers() {
    #expect(
      decoded(#"{"traceId":[1],"jsonrpc":"2.0","id":1,"method":"m","x":null}"#)
        == .request(RPCRequest(id: .integer(1), method: "m")))
  }

  @Test(
    "an envelope that breaks the rules is an invalid request under the id it has",
    arguments: [
      ("1", .null), ("null", .null), (#""x""#, .null), ("{}", .null), (#"{"foo":"boo"}"#, .null),
      (#"{"id":1,"method":"m"}"#, .integer(1)), (#"{"jsonrpc":"1.0","id":"a","method":"m"}"#, .string("a")),
      (#"{"jsonrpc":2.0,"id":1,"method":"m"}"#, .integer(1)), (#"{"jsonrpc":"2.0","id":1}"#, .integer(1)),
      (#"{"jsonrpc":"2.0","id":1.5,"method":7}"#, .number(1.5)), (#"{"jsonrpc":"2.0","id":null,"method":null}"#, .null),
      (#"{"jsonrpc":"2.0","method":1,"params":"bar"}"#, .null),
      (#"{"jsonrpc":"2.0","id":true,"method":"m"}"#, .null), (#"{"jsonrpc":"2.0","id":[1],"method":"m"}"#, .null),
      (#"{"jsonrpc":"2.0","id":{},"method":"m"}"#, .null), (#"{"jsonrpc":"9","id":{},"method":"m"}"#, .null),
      (#"{"jsonrpc":"2.0","id":1,"method":"m","params":"p"}"#, .integer(1)),
      (#"{"jsonrpc":"2.0","id":1,"method":"m","params":null}"#, .integer(1)),
      (#"{"jsonrpc":"2.0","id":1,"method":"m","params":7}"#, .integer(1)),
      ("[]", .null),
    ] as [(String, RPCID)])
  func invalidEnvelopes(line: String, expected: RPCID) {
    guard case .invalid(let id, let error) = decoded(line) else {
      Issue.record("\(line) was accepted")
      return
    }
    #expect(id == expected)
    #expect(error.kind == .invalidRequest)
    #expect(error.code == -32600)
    #expect(error.message.hasPrefix("Invalid request: "))
  }

  @Test("params by position are refused under the call's id, with a word about why", arguments: ["[]", "[1]", "[{}]"])
  func positional(params: String) {
    guard case .invalid(let id, let error) = decoded(#"{"jsonrpc":"2.0","id":"q","method":"m","params":\#(params)}"#)
    else {
      Issue.record("accepted")
      return
    }
    #expect(id == .string("q"))
    #expect(error.code == .invalidParams)
    #expect(error.message.contains("by name, not by position"))
    #expect(error.details["param"] == "params")
  }

  @Test(
    "a notification with bad params stays unanswered",
    arguments: [("[1]", .invalidParams), ("7", .invalidRequest), ("null", .invalidRequest)] as [(String, RPCErrorKind)])
  func badNotification(params: String, kind: RPCErrorKind) {
    guard case .invalidNotification(let error) = decoded(#"{"jsonrpc":"2.0","method":"m","params":\#(params)}"#) else {
      Issue.record("not recognised as a notification")
      return
    }
    #expect(error.kind == kind)
  }

  @Test(
    "what is not strict JSON is a parse error under id null",
    arguments: [
      "", "{", #"{"jsonrpc":"2.0","id":1,"method":"m""#, #"{"jsonrpc":"2.0","id":1,"id":2,"method":"m"}"#,
      #"{"jsonrpc":"2.0","id":1,"method":"m"} x"#, #"{"jsonrpc":"2.0","id":1,"method":"\ud800"}"#,
      #"{"jsonrpc":"2.0","id":1e999,"method":"m"}"#, #"{"jsonrpc":"2.0","id":9223372036854775808,"method":"m"}"#,
      #"{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":1,"a":1}}"#, String(repeating: "[", count: 65),
      #"{"jsonrpc":"2.0","id":1,"method":"m","params":"# + String(repeating: "[", count: 64)
        + String(repeating: "]", count: 64) + "}",
    ])
  func parseErrors(line: String) {
    guard case .invalid(.null, let error) = decoded(line) else {
      Issue.record("\(line) was accepted")
      return
    }
    #expect(error.kind == .parseError)
    #expect(error.code == -32700)
    #expect(!error.retryable)
  }

  @Test("invalid UTF-8 is a parse error")
  func invalidUTF8() {
    let line = Array(#"{"jsonrpc":"2.0","id":1,"method":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8)
    guard case .invalid(.null, let error) = RPCMessage.decode(line) else {
      Issue.record("accepted")
      return
    }
    #expect(error.kind == .parseError)
    #expect(error.message.contains("UTF-8"))
  }

  @Test("a request shows its params neither as text nor in a dump")
  func redaction() {
    let request = RPCRequest(id: .integer(1), method: "fleet.summary", params: ["token": "sk-secret"])
    var dumped = ""
    dump(RPCMessage.batch([.request(request)]), to: &dumped)
    for text in ["\(request)", String(reflecting: request), "\(RPCMessage.request(request))", "\([request])", dumped] {
      #expect(!text.contains("sk-secret"))
      #expect(text.contains("fleet.summary"))
    }
  }
}
