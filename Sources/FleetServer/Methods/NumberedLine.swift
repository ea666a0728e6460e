internal import Crypto
internal import JSONRPC

/// A line that says its call's id as a plain whole number, told apart from that number.
///
/// Clients that ask the same over and over send the same line over and over, but for the id. Two lines with equal rests
/// are the same call but for the id: the rest holds everything else, and where the id stands in it.
struct NumberedLine {
  /// The SHA-256 digest of a line without the number.
  struct Rest: Hashable, Sendable {
    private let words: [4 of UInt64]

    fileprivate init(_ digest: SHA256Digest) {
      words = digest.withUnsafeBytes { bytes in
        .init { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
      }
    }

    static func == (left: Rest, right: Rest) -> Bool {
      left.words.indices.reduce(0) { $0 | (left.words[$1] ^ right.words[$1]) } == 0
    }

    func hash(into hasher: inout Hasher) { hasher.combine(words[0]) }
  }

  /// The number.
  let number: Int64
  private let digits: Range<Int>
  /// Everything else.
  let rest: Rest

  private static let marker = Array(#""id":"#.utf8)

  /// Looks at a line; nil when there is not exactly one such number in it.
  ///
  /// Within a string the marker would have a backslash before its second quote, so in a line that is JSON it is always the
  /// name of a member.
  init?(_ line: [UInt8]) {
    let found: (digits: Range<Int>, number: Int64)? = line.withUnsafeBufferPointer { line in
      guard let start = Self.end(ofMarkerIn: line, from: 0) else { return nil }
      var end = start
      var number: Int64 = 0
      // So many digits fit whatever they are.
      while end < line.count, end - start < 18, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(line[end]) {
        number = number * 10 + Int64(line[end] - UInt8(ascii: "0"))
        end += 1
      }
      guard end > start, end < line.count, line[end] == UInt8(ascii: ",") || line[end] == UInt8(ascii: "}"),
        line[start] != UInt8(ascii: "0") || end == start + 1,
        Self.end(ofMarkerIn: line, from: end) == nil
      else { return nil }
      return (start..<end, number)
    }
    guard let found else { return nil }
    number = found.number
    digits = found.digits
    var hash = SHA256()
    line.withUnsafeBytes { line in
      hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: line[..<found.digits.lowerBound]))
      hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: line[found.digits.upperBound...]))
    }
    rest = Rest(hash.finalize())
  }

  /// Whether the number is the id of the call that a line holds, and nothing but that: a member of another one's may have
  /// the same name. With another number it is then the same call with another id.
  func isID(of request: RPCRequest, in line: [UInt8]) -> Bool {
    let other: Int64 = number == 1 ? 2 : 1
    var otherLine = line
    otherLine.replaceSubrange(digits, with: Array("\(other)".utf8))
    guard request.id == .integer(number), case .request(let read) = RPCMessage.decode(otherLine) else { return false }
    var expected = request
    expected.id = .integer(other)
    return read == expected
  }

  private static func end(ofMarkerIn line: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var place = start
    while place + marker.count <= line.count {
      if line[place] == marker[0], line[place + 1] == marker[1], line[place + 2] == marker[2],
        line[place + 3] == marker[3], line[place + 4] == marker[4]
      {
        return place + marker.count
      }
      place += 1
    }
    return nil
  }
}
