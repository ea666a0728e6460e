import JSON
import Testing

@Suite("JSON values")
struct JSONValueTests {
  @Test("an accessor answers for its own kind only")
  func accessors() {
    #expect(JSONValue.null.isNull)
    #expect(!JSONValue.bool(false).isNull)
    #expect(JSONValue.bool(true).boolValue == true)
    #expect(JSONValue.integer(1).boolValue == nil)
    #expect(JSONValue.integer(1).integerValue == 1)
    #expect(JSONValue.number(1).integerValue == nil)
    #expect(JSONValue.integer(1).numberValue == 1)
    #expect(JSONValue.number(1.5).numberValue == 1.5)
    #expect(JSONValue.string("1").numberValue == nil)
    #expect(JSONValue.string("a").stringValue == "a")
    #expect(JSONValue.null.stringValue == nil)
    #expect(JSONValue.array([1]).arrayValue == [1])
    #expect(JSONValue.null.arrayValue == nil)
    #expect(JSONValue.object(["a": 1]).objectValue == ["a": 1])
    #expect(JSONValue.null.objectValue == nil)
  }

  @Test("subscripts answer nil for what is not there")
  func subscripts() {
    let value: JSONValue = ["a": [10, 20], "n": .null]
    #expect(value["a"]?[1] == 20)
    #expect(value["a"]?[2] == nil)
    #expect(value["a"]?[-1] == nil)
    #expect(value["a"]?["x"] == nil)
    #expect(value["b"] == nil)
    #expect(value["n"] == .null)
    #expect(value[0] == nil)
  }

  @Test("a literal that names a member twice keeps the last one")
  func duplicateLiteral() {
    let value: JSONValue = ["a": 1, "a": 2]
    #expect(value == ["a": 2])
  }

  @Test("whole and other numbers differ")
  func numbers() {
    #expect(JSONValue.integer(1) != .number(1))
  }

  @Test("assigning nil to a member removes it")
  func removal() {
    var object: JSONObject = ["a": 1]
    object["a"] = nil
    #expect(object.isEmpty)
  }
}
