import JSON
import Testing

@Suite("Writing JSON")
struct JSONWriterTests {
  private func text(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test("commas and colons are placed by the writer")
  func separators() {
    let written = text { writer in
      writer.beginObject()
      writer.key("a")
      writer.beginArray()
      writer.integer(1)
      writer.beginObject()
      writer.endObject()
      writer.beginArray()
      writer.endArray()
      writer.null()
      writer.endArray()
      writer.key(String("b"))
      writer.bool(true)
      writer.key("c")
      writer.raw(Array(#"{"x":0}"#.utf8))
      writer.key("d")
      writer.value(["y": [false, "z"]])
      writer.key("e")
      writer.object([:])
      writer.endObject()
    }
    #expect(written == #"{"a":[1,{},[],null],"b":true,"c":{"x":0},"d":{"y":[false,"z"]},"e":{}}"#)
  }

  @Test("a new line begins a new text")
  func lines() {
    let written = text { writer in
      writer.integer(1)
      writer.endLine()
      writer.string("b")
      writer.endLine()
    }
    #expect(written == "1\n\"b\"\n")
  }

  @Test(
    "only quotes, backslashes and control characters are escaped",
    arguments: [
      ("", #""""#), ("plain", #""plain""#), ("\"", #""\"""#), ("\\", #""\\""#), ("/", #""/""#),
      ("\u{8}\u{9}\u{A}\u{C}\u{D}", #""\b\t\n\f\r""#), ("\0\u{1}\u{B}\u{1F}", #""\u0000\u0001\u000b\u001f""#),
      ("\u{7F}\u{80}\u{2028}", "\"\u{7F}\u{80}\u{2028}\""), ("é€😀", "\"é€😀\""), ("a\"b\nc", #""a\"b\nc""#),
      ("\nx", #""\nx""#), ("x\n", #""x\n""#), ("\r\n", #""\r\n""#),
    ])
  func escapes(value: String, expected: String) {
    #expect(text { $0.string(value) } == expected)
    #expect(text { $0.key(value) } == expected + ":")
  }

  @Test("an escape is found wherever it stands in a long string", arguments: ["\"", "\\", "\0", "\n", "\u{1F}"])
  func escapePositions(escaped: String) throws {
    for length in 0..<80 {
      for position in 0...length {
        let plain = String(repeating: "x", count: position) + escaped + String(repeating: "é", count: length - position)
        #expect(try JSONReader.parse(JSONValue.string(plain).serialized()) == .string(plain))
      }
    }
  }

  @Test("nothing but control characters, longest escapes")
  func onlyEscapes() {
    #expect(text { $0.string(String(repeating: "\u{1}", count: 1_000)) }.utf8.count == 6_002)
  }

  @Test("a key known at compile time is escaped as well")
  func staticKeys() {
    #expect(text { $0.key("a\"\n\\é") } == #""a\"\n\\é":"#)
    #expect(text { $0.key("") } == #""":"#)
  }

  @Test(
    "whole numbers",
    arguments: [
      (0, "0"), (7, "7"), (-1, "-1"), (10, "10"), (9, "9"), (99, "99"), (100, "100"), (1_000_000, "1000000"),
      (999_999_999_999_999_999, "999999999999999999"),
      (1_000_000_000_000_000_000, "1000000000000000000"), (-120, "-120"),
      (.max, "9223372036854775807"), (.min, "-9223372036854775808"),
    ] as [(Int64, String)])
  func integers(value: Int64, expected: String) {
    #expect(text { $0.integer(value) } == expected)
  }

  @Test(
    "doubles have the fewest digits that read back the same",
    arguments: [
      (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (100, "100.0"), (-2.5, "-2.5"), (0.1, "0.1"),
      (0.1 + 0.2, "0.30000000000000004"),
      (1e15, "1000000000000000.0"), (1e16, "1e+16"), (1e22, "1e+22"), (1e-5, "1e-05"),
      (.leastNonzeroMagnitude, "5e-324"),
      (1.7976931348623157e308, "1.7976931348623157e+308"), (.pi, "3.141592653589793"),
      (.infinity, "null"), (-.infinity, "null"), (.nan, "null"),
    ] as [(Double, String)])
  func doubles(value: Double, expected: String) throws {
    #expect(text { $0.number(value) } == expected)
    guard value.isFinite else { return }
    guard case .number(let read) = try JSONReader.parse(expected) else {
      Issue.record("\(expected) was not read as a double")
      return
    }
    #expect(read.bitPattern == value.bitPattern)
  }

  @Test("the pretty form puts members and elements on lines of their own")
  func pretty() {
    let value: JSONValue = ["a": 1, "b": [], "c": [:], "d": [1, ["x": "y\n"], []], "e\"": .null]
    let expected = #"""
      {
        "a": 1,
        "b": [],
        "c": {},
        "d": [
          1,
          {
            "x": "y\n"
          },
          []
        ],
        "e\"": null
      }

      """#
    #expect(String(decoding: value.serialized(pretty: true), as: UTF8.self) == expected)
    #expect(String(decoding: JSONValue.integer(3).serialized(pretty: true), as: UTF8.self) == "3\n")
  }

  @Test("the compact form has no white space")
  func compact() {
    let value: JSONValue = ["a": 1, "b": [1, 2.0, "x y"]]
    #expect(String(decoding: value.serialized(), as: UTF8.self) == #"{"a":1,"b":[1,2.0,"x y"]}"#)
  }
}
