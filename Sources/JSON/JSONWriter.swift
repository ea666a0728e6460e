/// Writes one JSON text straight into bytes, without a tree in between.
///
/// Commas are placed by the writer; the caller calls in the order of the text: inside an object a key before each value,
/// and every `begin…` matched by its `end…`. The output is compact and contains no raw newline.
///
/// - Important: The order of calls is not checked; a missing key or `end…` gives a text that is no JSON.
public struct JSONWriter: Sendable {
  /// What has been written so far.
  public internal(set) var bytes: [UInt8] = []

  /// Whether the next key or value stands behind another one in its array or object.
  var needsComma = false

  /// Makes an empty writer with room for that many bytes before it has to grow.
  public init(reservingCapacity capacity: Int = 0) {
    bytes.reserveCapacity(capacity)
  }

  /// Makes a writer of values that stand in an array behind others, whose beginning and end are written elsewhere.
  public static func continuingArray(reservingCapacity capacity: Int = 0) -> JSONWriter {
    var writer = JSONWriter(reservingCapacity: capacity)
    writer.needsComma = true
    return writer
  }

  /// Opens an object.
  public mutating func beginObject() { open(UInt8(ascii: "{")) }

  /// Closes the object opened last.
  public mutating func endObject() { close(UInt8(ascii: "}")) }

  /// Opens an array.
  public mutating func beginArray() { open(UInt8(ascii: "[")) }

  /// Closes the array opened last.
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// Writes the name of the next member, known at compile time: nothing is allocated or copied on the way.
  public mutating func key(_ name: StaticString) {
    name.withUTF8Buffer { appendQuoted($0, asKey: true) }
  }

  /// Writes the name of the next member.
  @_disfavoredOverload  // A literal takes the overload above.
  public mutating func key(_ name: String) {
    appendQuoted(name, asKey: true)
  }

  /// Writes a string.
  public mutating func string(_ value: String) {
    appendQuoted(value, asKey: false)
  }

  /// Writes a whole number.
  public mutating func integer(_ value: Int64) {
    appendInteger(value)
  }

  /// Writes a whole number.
  public mutating func integer(_ value: Int) { integer(Int64(value)) }

  /// Writes a number with the fewest digits that read back as the same double, and `.0` when it is whole.
  ///
  /// JSON has no infinities and no NaN: they are written as `null`.
  public mutating func number(_ value: Double) {
    appendNumber(value)
  }

  /// Writes `true` or `false`.
  public mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }

  /// Writes `null`.
  public mutating func null() { literal("null") }

  /// Writes a value that is JSON already, as it is.
  ///
  /// - Important: The bytes are trusted to be one complete JSON value.
  public mutating func raw(_ json: [UInt8]) {
    separate()
    bytes.append(contentsOf: json)
    needsComma = true
  }

  /// Writes a value with all that is in it.
  public mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let value): bool(value)
    case .integer(let value): integer(value)
    case .number(let value): number(value)
    case .string(let value): string(value)
    case .array(let elements):
      beginArray()
      for element in elements { self.value(element) }
      endArray()
    case .object(let members): object(members)
    }
  }

  /// Writes an object with all that is in it.
  public mutating func object(_ members: JSONObject) {
    beginObject()
    for (name, member) in members {
      key(name)
      value(member)
    }
    endObject()
  }

  /// Ends the line after a complete value, for line-delimited JSON; the next value begins a new text.
  public mutating func endLine() {
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  private mutating func literal(_ text: StaticString) {
    text.withUTF8Buffer { appendScalar($0) }
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }
}
