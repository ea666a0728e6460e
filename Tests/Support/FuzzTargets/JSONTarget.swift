internal import Foundation
internal import JSON

/// What is read is JSON to another reader as well, and comes back the same from what is written for it.
///
/// The input is the text.
enum JSONTarget {
  static func check(_ input: [UInt8]) throws(BrokenPromise) {
    let value: JSONValue
    do throws(JSONSyntaxError) {
      value = try JSONReader.parse(input)
    } catch {
      try promise("a fault's position lies within the text", (0...input.count).contains(error.position))
      return
    }
    try promise("nothing is read that another reader refuses", isJSON(input))
    try promise("the limit on nesting holds", depth(of: value) <= JSONLimits.standard.maximumDepth)
    let compact = value.serialized()
    try promise("a compact text holds no newline", !compact.contains(UInt8(ascii: "\n")))
    for text in [compact, value.serialized(pretty: true)] {
      guard let again = try? JSONReader.parse(text) else {
        throw BrokenPromise(description: "what is written can be read")
      }
      try promise("a value comes back the same", again == value)
      // Texts that Swift deems equal may differ in their bytes.
      try promise("a value comes back byte by byte", again.serialized() == compact)
    }
  }

  private static func isJSON(_ text: [UInt8]) -> Bool {
    (try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)) != nil
  }

  private static func depth(of value: JSONValue) -> Int {
    switch value {
    case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
    case .object(let members): 1 + (members.values.map(depth).max() ?? 0)
    default: 0
    }
  }
}
