import JSON
import Testing

@Suite("Reading JSON")
struct JSONReaderTests {
  @Test(
    "every kind of value is accepted at the top",
    arguments: [
      ("null", .null), ("true", true), ("false", false), ("0", 0), ("-0", 0), (" 7 ", 7),
      ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
      ("1.0", .number(1)), ("1e2", .number(100)), ("1E-2", .number(0.01)), ("-2.5e+3", .number(-2500)),
      ("5e-324", .number(.leastNonzeroMagnitude)), ("1e-999", .number(0)),
      ("9223372036854775808.0", .number(9223372036854775808)),
      (#""""#, ""), (#""a""#, "a"), ("[]", []), ("{}", [:]), ("\t\r\n[1 , 2]\n", [1, 2]),
    ] as [(String, JSONValue)])
  func topLevelValues(text: String, expected: JSONValue) throws {
    #expect(try JSONReader.parse(text) == expected)
  }

  @Test(
    "escapes become the characters they stand for",
    arguments: [
      (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9""#, "é"), (#""\u20AC""#, "€"),
      (#""\ud83d\ude00""#, "😀"), (#""\uD83D\uDE00""#, "😀"), (#""a\u0000b""#, "a\0b"), (#""é€😀""#, "é€😀"),
      (#""\uffff""#, "\u{FFFF}"), ("\"\u{7F}\u{85}\u{2028}\"", "\u{7F}\u{85}\u{2028}"),
    ])
  func escapes(text: String, expected: String) throws {
    let value = try JSONReader.parse(text)
    let read = try #require(value.stringValue)
    #expect(Array(read.utf8) == Array(expected.utf8))
  }

  @Test("members keep the order in which they were received")
  func order() throws {
    let names = ["zeta", "alpha", "mid", "beta", "10", "9", ""]
    let text = "{" + names.map { "\"\($0)\":1" }.joined(separator: ",") + "}"
    let object = try #require(try JSONReader.parse(text).objectValue)
    #expect(Array(object.keys) == names)
  }

  @Test(
    "a text that is not strict JSON is refused with its reason",
    arguments: [
      ("", .empty), (" ", .unexpectedEnd), ("[1", .unexpectedEnd), (#"{"a":"#, .unexpectedEnd),
      (#""abc"#, .unexpectedEnd),
      ("1 2", .trailingContent), ("[] x", .trailingContent), ("{}{}", .trailingContent), ("null,", .trailingContent),
      (#"{"a":1,"a":2}"#, .duplicateKey), (#"{"a":1,"\u0061":2}"#, .duplicateKey),
      (#"[{"x":{"b":1,"b":1}}]"#, .duplicateKey),
      (#"{"\u0000":1}"#, .nullInKey), (#"{"a\u0000b":1}"#, .nullInKey),
      ("9223372036854775808", .numberOutOfRange), ("-9223372036854775809", .numberOutOfRange),
      ("1e999", .numberOutOfRange), ("-1e999", .numberOutOfRange),
      ("1" + String(repeating: "0", count: 400), .numberOutOfRange),
      (#""\ud800""#, .malformed), (#""\udc00""#, .malformed), (#""\ud800\ud800""#, .malformed),
      (#""\ud800x""#, .malformed),
      (#""\udc00\ud800""#, .malformed), (#""\ud83d\u0041""#, .malformed), (#""\u12G4""#, .malformed),
      (#""\x41""#, .malformed),
      ("\"a\nb\"", .malformed), ("\"a\tb\"", .malformed), ("\"a\0b\"", .malformed), ("\0", .malformed),
      ("[1]\0", .malformed), ("1\0", .malformed), ("[1\0]", .malformed), ("[1\0,2]", .malformed),
      ("[1,]", .malformed), ("[,1]", .malformed), (#"{"a":1,}"#, .malformed), (#"{"a" 1}"#, .malformed),
      ("{a:1}", .malformed),
      ("{1:1}", .malformed), ("[1}", .malformed), ("'a'", .malformed), ("01", .malformed), ("1.", .malformed),
      (".5", .malformed),
      ("+1", .malformed), ("-", .malformed), ("1e", .malformed), ("0x10", .trailingContent), ("NaN", .malformed),
      ("Infinity", .malformed),
      ("True", .malformed), ("nul", .malformed), ("\u{FEFF}1", .malformed), ("// c\n1", .malformed), ("\\", .malformed),
    ] as [(String, JSONSyntaxError.Reason)])
  func refusals(text: String, reason: JSONSyntaxError.Reason) {
    let error = #expect(throws: JSONSyntaxError.self) { try JSONReader.parse(text) }
    #expect(error?.reason == reason)
    #expect((0...text.utf8.count).contains(error?.position ?? -1))
  }

  @Test(
    "bytes that are not UTF-8 are refused",
    arguments: [
      [0xFF], [0x80], [0xC0, 0x80], [0xC3], [0xC3, 0x28], [0xE2, 0x82], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80],
      [0xED, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
    ] as [[UInt8]])
  func invalidUTF8(bytes: [UInt8]) {
    let error = #expect(throws: JSONSyntaxError.self) {
      try JSONReader.parse(Array(#"{"a":""#.utf8) + bytes + Array(#""}"#.utf8))
    }
    #expect(error?.reason == .invalidUTF8)
    #expect(throws: JSONSyntaxError.self) { try JSONReader.parse(bytes) }
  }

  @Test("two names that Swift holds equal are refused rather than one of them lost")
  func canonicallyEquivalentNames() {
    let error = #expect(throws: JSONSyntaxError.self) { try JSONReader.parse("{\"\u{E9}\":1,\"e\u{301}\":2}") }
    #expect(error?.reason == .duplicateKey)
  }

  @Test("an error repeats nothing of the input")
  func noEcho() {
    let secret = "sk-clb-very-secret"
    for text in [
      "{\"token\":\"\(secret)\"\"", "{\"token\":\(secret)}", "\(secret)", "{\"\(secret)\":1,\"\(secret)\":2}",
      "[\"\\q\(secret)\"]", "{} \(secret)",
    ] {
      let error = #expect(throws: JSONSyntaxError.self) { try JSONReader.parse(text) }
      guard let error else { continue }
      #expect(!"\(error)".contains("sk-"))
      #expect(!String(reflecting: error).contains("sk-"))
      #expect(!error.message.contains("near"))
    }
  }

  @Test("an error says where the fault was noticed")
  func position() {
    let error = #expect(throws: JSONSyntaxError.self) { try JSONReader.parse(#"{"a":1,"a":2}"#) }
    #expect(error?.position == 10)
    #expect(error.map { "\($0)" } == "an object has two members of the same name (at byte 10)")
  }

  @Test("all overloads read the same")
  func overloads() throws {
    let text = #"{"a":[1,2.5,"x"]}"#
    let expected: JSONValue = ["a": [1, 2.5, "x"]]
    #expect(try JSONReader.parse(text) == expected)
    #expect(try JSONReader.parse(Array(text.utf8)) == expected)
    #expect(try JSONReader.parse(Array(("  " + text + "  ").utf8)[2...]) == expected)
    #expect(try JSONReader.parse(text.utf8) == expected)
    #expect(try Array(text.utf8).withUnsafeBytes { try JSONReader.parse($0) } == expected)
    #expect(throws: JSONSyntaxError(.empty, position: 0)) {
      try JSONReader.parse(UnsafeRawBufferPointer(start: nil, count: 0))
    }
  }
}
