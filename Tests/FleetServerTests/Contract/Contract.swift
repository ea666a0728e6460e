import JSON
import RPCSchema

/// The published contract, to be looked things up in.
struct Contract: Sendable {
  let document: JSONValue

  init() throws { document = try JSONReader.parse(RPCSchema.document) }

  /// The methods, as the document lists them.
  var methods: [JSONValue] { document["methods"]?.arrayValue ?? [] }

  /// The schema of that name.
  func schema(_ name: String) -> JSONValue? { document["components"]?["schemas"]?[name] }

  /// What a reference within the document points at, or the value itself.
  func resolved(_ value: JSONValue?) -> JSONValue? {
    guard let path = value?["$ref"]?.stringValue else { return value }
    return path.split(separator: "/").dropFirst().reduce(document as JSONValue?) { $0?[String($1)] }
  }

  /// Where a value has other members than a schema describes, at whatever depth; each place with what differs.
  func differences(of value: JSONValue, from schema: JSONValue?, at place: String = "") -> [String] {
    let schema = resolved(schema)
    switch value {
    case .object(let members):
      guard let properties = schema?["properties"]?.objectValue else { return ["\(place): not described"] }
      let difference = Set(members.keys).symmetricDifference(properties.keys).sorted()
      return (difference.isEmpty ? [] : ["\(place): \(difference)"])
        + members.flatMap { name, member in
          differences(of: member, from: properties[name], at: "\(place)/\(name)")
        }
    case .array(let elements):
      return elements.flatMap { differences(of: $0, from: schema?["items"], at: "\(place)/-") }
    default: return []
    }
  }
}

extension JSONValue {
  /// Whether two values are the same to whoever reads JSON: the order of members and the form of a number do not count.
  func isSame(as other: JSONValue) -> Bool {
    switch (self, other) {
    case (.object(let members), .object(let others)):
      members.count == others.count
        && members.allSatisfy { name, member in others[name].map { member.isSame(as: $0) } ?? false }
    case (.array(let elements), .array(let others)):
      elements.count == others.count && zip(elements, others).allSatisfy { $0.isSame(as: $1) }
    case (.integer, _), (.number, _): numberValue == other.numberValue
    default: self == other
    }
  }
}
