import JSON
import Testing

@Suite("Reading what was written")
struct JSONRoundTripTests {
  @Test("a random value comes back the same, compact and pretty", arguments: 0..<40 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var random = SplitMix64(state: seed)
    for _ in 0..<50 {
      let value = Self.value(depth: 0, using: &random)
      #expect(try JSONReader.parse(value.serialized()) == value)
      #expect(try JSONReader.parse(value.serialized(pretty: true)) == value)
      #expect(!value.serialized().contains(UInt8(ascii: "\n")))
    }
  }

  @Test("random doubles come back bit by bit")
  func doubles() throws {
    var random = SplitMix64(state: 1)
    for _ in 0..<20_000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      let read = try JSONReader.parse(JSONValue.number(value).serialized())
      guard case .number(let number) = read, number.bitPattern == value.bitPattern else {
        Issue.record("\(value) came back as \(read)")
        return
      }
    }
  }

  @Test("random bytes are refused or read, never fatal, and what is read survives a round trip")
  func garbage() {
    var random = SplitMix64(state: 2)
    let alphabet = Array(#"[]{}",:\u0d8 -+.eE1tfn"#.utf8) + [0x00, 0x0A, 0x80, 0xC3, 0xA9, 0xED, 0xF0, 0xFF]
    var accepted = 0
    for _ in 0..<50_000 {
      let length = Int.random(in: 0...12, using: &random)
      let bytes = (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
      guard let value = try? JSONReader.parse(bytes) else { continue }
      accepted += 1
      #expect((try? JSONReader.parse(value.serialized())) == value)
    }
    #expect(accepted > 100)
  }

  private static func value(depth: Int, using random: inout SplitMix64) -> JSONValue {
    switch Int.random(in: 0..<(depth < 5 ? 9 : 6), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .integer(Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random))
    case 3:
      let number = Double(bitPattern: random.next())
      return .number(number.isFinite ? number : 0.5)
    case 4, 5: return .string(text(using: &random))
    case 6:
      return .array((0..<Int.random(in: 0..<6, using: &random)).map { _ in value(depth: depth + 1, using: &random) })
    default:
      var members = JSONObject()
      for _ in 0..<Int.random(in: 0..<6, using: &random) {
        let name = text(using: &random).filter { $0 != "\0" }
        // U+0000 cannot stand in a name; a filter by character leaves none behind.
        members[name.unicodeScalars.contains("\0") ? "x" : name] = value(depth: depth + 1, using: &random)
      }
      return .object(members)
    }
  }

  private static func text(using random: inout SplitMix64) -> String {
    var scalars = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0..<12, using: &random) {
      let bound: UInt32 = [0x20, 0x80, 0x800, 0x10000, 0x110000][Int.random(in: 0..<5, using: &random)]
      if let scalar = Unicode.Scalar(UInt32.random(in: 0..<bound, using: &random)) { scalars.append(scalar) }
    }
    return String(scalars)
  }
}
