import JSON
import Testing

@Suite("Nesting")
struct JSONNestingTests {
  private static func arrays(_ depth: Int) -> String {
    String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
  }

  private static func objects(_ depth: Int) -> String {
    String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
  }

  private static func mixed(_ depth: Int) -> String {
    (0..<depth).map { $0.isMultiple(of: 2) ? "[" : #"{"a":"# }.joined() + "0"
      + (0..<depth).reversed().map { $0.isMultiple(of: 2) ? "]" : "}" }.joined()
  }

  @Test("64 levels are accepted, 65 refused", arguments: [arrays, objects, mixed] as [@Sendable (Int) -> String])
  func boundary(text: @Sendable (Int) -> String) throws {
    _ = try JSONReader.parse(text(64))
    let error = #expect(throws: JSONSyntaxError.self) { try JSONReader.parse(text(65)) }
    #expect(error?.reason == .nestingTooDeep(limit: 64))
  }

  @Test("siblings do not add up", arguments: [1, 64])
  func siblings(depth: Int) throws {
    let text =
      "[" + Array(repeating: Self.arrays(depth - 1 == 0 ? 1 : depth - 1), count: 50).joined(separator: ",") + "]"
    #expect(try JSONReader.parse(text).arrayValue?.count == 50)
  }

  @Test("brackets inside strings do not count")
  func strings() throws {
    let brackets = String(repeating: "[{", count: 500)
    for text in ["\"\(brackets)\"", #"["\"\#(brackets)\\"]"#, #"{"\#(brackets)":"\\\\","x":"\#(brackets)"}"#] {
      _ = try JSONReader.parse(text)
    }
  }

  @Test("an escaped quote or backslash does not hide brackets behind it")
  func escapesHideNothing() {
    for prefix in [#"["\\","#, #"["\"","#, #"["\\\"","#] {
      let error = #expect(throws: JSONSyntaxError.self) {
        try JSONReader.parse(prefix + Self.arrays(64) + "]")
      }
      #expect(error?.reason == .nestingTooDeep(limit: 64))
    }
  }

  @Test("a mebibyte of brackets is refused at the 65th")
  func hostile() {
    for bracket in [UInt8(ascii: "["), UInt8(ascii: "{")] {
      #expect(throws: JSONSyntaxError(.nestingTooDeep(limit: 64), position: 65)) {
        try JSONReader.parse([UInt8](repeating: bracket, count: 1 << 20))
      }
    }
  }

  @Test("the limit can be set")
  func custom() throws {
    #expect(try JSONReader.parse("1", limits: JSONLimits(maximumDepth: 0)) == 1)
    #expect(throws: JSONSyntaxError(.nestingTooDeep(limit: 0), position: 1)) {
      try JSONReader.parse("[]", limits: JSONLimits(maximumDepth: 0))
    }
    _ = try JSONReader.parse(Self.arrays(2_000), limits: JSONLimits(maximumDepth: 4_000))
    #expect(throws: JSONSyntaxError.self) {
      try JSONReader.parse(Self.arrays(3_000), limits: JSONLimits(maximumDepth: 4_000))
    }
  }
}
