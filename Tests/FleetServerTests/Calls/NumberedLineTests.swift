import Fleet
import JSON
import JSONRPC
import Testing

@testable import FleetServer

@Suite("Lines told by everything but their ids")
struct NumberedLineTests {
  private static func line(_ text: String) -> NumberedLine? { NumberedLine(Array(text.utf8)) }

  private static func call(_ id: String, token: String = "t") -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"fleet.summary","params":{"token":"\#(token)"}}"#
  }

  @Test("the same call with another id is the same line, anything else is another", arguments: [0, 7, 12, 999_999])
  func sameness(number: Int64) throws {
    let first = try #require(Self.line(Self.call("1")))
    let line = try #require(Self.line(Self.call("\(number)")))
    #expect(first.number == 1 && line.number == number && line.rest == first.rest)
    for other in [
      Self.call("1", token: "u"), Self.call("1", token: ""), Self.call("1") + " ",
      #"{"id":1,"jsonrpc":"2.0","method":"fleet.summary","params":{"token":"t"}}"#,
      #"{"jsonrpc":"2.0","method":"fleet.summary","params":{"token":"t"},"id":1}"#,
    ] {
      #expect(try #require(Self.line(other)).rest != first.rest)
    }
  }

  @Test(
    "a line without exactly one plain number as its id is none",
    arguments: [
      "", "{", #""id":"#, #"{"id":"#, #"{"id":}"#, call(#""1""#), call("-1"), call("1.0"), call("1e3"), call("01"),
      call("null"), call(" 1"), call("1 "), call("1234567890123456789"), #"{"id":1"#,
      #"{"id":1,"params":{"id":2}}"#, #"{"id":1,"id":2}"#,
    ])
  func others(text: String) { #expect(Self.line(text) == nil) }

  @Test("what looks like an id within a text is none: the number is always the call's own")
  func texts() throws {
    let quoted = Self.call("5", token: #"\"id\":7,"#)
    #expect(try #require(Self.line(quoted)).number == 5)
    #expect(Self.line(#"{"method":"a","params":{"token":"\"id\":7,"}}"#) == nil)
  }

  @Test("a number that is not the call's id, or not that alone, is found out")
  func otherIDs() throws {
    func isID(_ text: String) throws -> Bool {
      let line = Array(text.utf8)
      guard case .request(let request) = RPCMessage.decode(line) else { return false }
      return try #require(NumberedLine(line)).isID(of: request, in: line)
    }
    for id in ["1", "2", "77"] { #expect(try isID(Self.call(id))) }
    #expect(try isID(Self.call("5", token: #"\"id\":7,\u00e9"#)))
    let rest = #""jsonrpc":"2.0","method":"fleet.summary","params":{"token":"t"}}"#
    #expect(try !isID(#"{"id" :5,"more":{"id":5},"# + rest))
    #expect(try !isID(#"{"\u0069d":5,"more":{"id":5},"# + rest))
    #expect(try !isID(#"{"more":{"id":5},"# + rest))
  }

  @Test("whatever is read out of two lines that are the same is the same but for the ids", arguments: 0..<4)
  func meaning(kind: Int) throws {
    let token = ["plain", #"\u00e9\n"#, #"\"id\":3,"#, "ü🙂"][kind]
    guard
      case .request(var first) = RPCMessage.decode(Array(Self.call("1", token: token).utf8)),
      case .request(let second) = RPCMessage.decode(Array(Self.call("22", token: token).utf8))
    else {
      Issue.record("not read")
      return
    }
    #expect(
      try #require(Self.line(Self.call("1", token: token))).rest
        == #require(Self.line(Self.call("22", token: token))).rest)
    first.id = .integer(22)
    #expect(first == second)
  }

  @Test("so many lines are remembered and no more")
  func room() throws {
    var memory = LineMemory()
    let digest = APIKeyDigest(hexadecimal: "d")
    let lines = try (0...LineMemory.capacity).map { try #require(Self.line(Self.call("1", token: "\($0)"))) }
    for line in lines.dropLast() { memory.remember(line, digest) }
    #expect(lines.dropLast().allSatisfy { memory[$0] == digest })
    memory.remember(lines[LineMemory.capacity], digest)
    #expect(memory[lines[LineMemory.capacity]] == digest && memory[lines[0]] == nil)
  }
}
