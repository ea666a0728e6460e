import JSON
import JSONRPC
import Testing

@Suite("Ids")
struct RPCIDTests {
  @Test(
    "an id is echoed with the same type and value",
    arguments: [
      ("1", "1"), ("0", "0"), ("-1", "-1"), ("9223372036854775807", "9223372036854775807"),
      ("-9223372036854775808", "-9223372036854775808"), ("1.5", "1.5"), ("-0.25", "-0.25"), ("1.0", "1.0"),
      ("1e2", "100.0"), ("1e300", "1e+300"), ("9007199254740993", "9007199254740993"), ("null", "null"),
      (#""""#, #""""#), (#""1""#, #""1""#), (#""a\"\\\n\u0000\u20ac""#, #""a\"\\\n\u0000€""#), (#""é😀""#, #""é😀""#),
    ])
  func echo(sent: String, echoed: String) throws {
    guard case .request(let request) = decoded(#"{"jsonrpc":"2.0","id":\#(sent),"method":"m"}"#) else {
      Issue.record("\(sent) was refused")
      return
    }
    let id = try #require(request.id)
    #expect(
      text(RPCEncoder.result(id: id, rawResult: Array("true".utf8)))
        == "{\"jsonrpc\":\"2.0\",\"id\":\(echoed),\"result\":true}\n")
    #expect(try RPCAnswer.decode(RPCEncoder.result(id: id, rawResult: Array("true".utf8))) == .result(id, true))
  }

  @Test("ids of different type differ")
  func types() {
    #expect(Set([RPCID.integer(1), .number(1), .string("1"), .null]).count == 4)
  }

  @Test("other values are no id", arguments: [true, [], [:], .number(.infinity), .number(.nan)] as [JSONValue])
  func refused(value: JSONValue) {
    #expect(RPCID(value) == nil)
  }
}
