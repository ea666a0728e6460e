import JSONRPC
import Testing

@Suite("Line framing")
struct LineFramerTests {
  /// Takes every line that is complete, and whether one was too long.
  private func drain(_ framer: inout LineFramer) -> (lines: [String], tooLong: Bool) {
    var lines: [String] = []
    while true {
      switch framer.next() {
      case .line(let line): lines.append(text(line))
      case .tooLong: return (lines, true)
      case .incomplete: return (lines, false)
      }
    }
  }

  private static let stream = Array("first\n\nsecond\r\n\r\n\n{\"é\":1}\r\nfo\rurth\n\r\r\nlast\npartial".utf8)
  private static let lines = ["first", "second", "{\"é\":1}", "fo\rurth", "\r", "last"]

  @Test("a stream cut in two gives the same lines wherever it is cut", arguments: 0...stream.count)
  func cutInTwo(position: Int) {
    var framer = LineFramer(maximumLineLength: 8)
    framer.append(Array(Self.stream[..<position]))
    var lines = drain(&framer).lines
    framer.append(Array(Self.stream[position...]))
    lines += drain(&framer).lines
    #expect(lines == Self.lines)
    #expect(framer.hasPartialLine)
    #expect(framer.bufferedCount == "partial".utf8.count)
  }

  @Test("a stream in pieces of any size gives the same lines, drained or not in between", arguments: 1...stream.count)
  func pieces(size: Int) {
    var drained = LineFramer(maximumLineLength: 8)
    var undrained = LineFramer(maximumLineLength: 8)
    var lines: [String] = []
    for start in stride(from: 0, to: Self.stream.count, by: size) {
      let piece = Array(Self.stream[start..<min(start + size, Self.stream.count)])
      drained.append(piece)
      undrained.append(piece)
      lines += drain(&drained).lines
    }
    #expect(lines == Self.lines)
    #expect(drain(&undrained).lines == Self.lines)
  }

  @Test(
    "the limit counts the line without its ending, however it arrives",
    arguments: [("abcd\n", true), ("abcd\r\n", true), ("abcde\n", false), ("abcde\r\n", false), ("abc\r\r\n", true)],
    [1, 2, 5, 100])
  func limit(sample: (input: String, fits: Bool), size: Int) {
    let (input, fits) = sample
    var framer = LineFramer(maximumLineLength: 4)
    let bytes = Array(input.utf8)
    var lines: [String] = []
    var tooLong = false
    for start in stride(from: 0, to: bytes.count, by: size) {
      framer.append(Array(bytes[start..<min(start + size, bytes.count)]))
      let found = drain(&framer)
      lines += found.lines
      tooLong = tooLong || found.tooLong
    }
    #expect(tooLong != fits)
    #expect(lines.count == (fits ? 1 : 0))
  }

  @Test("lines before one that is too long are given out, none behind it")
  func tooLongOnce() {
    var framer = LineFramer(maximumLineLength: 4)
    framer.append(Array("ab\ncd\ntoo long\nef\n".utf8))
    let found = drain(&framer)
    #expect(found.lines == ["ab", "cd"])
    #expect(found.tooLong)
    #expect(framer.next() == .incomplete)
    framer.append(Array("gh\n".utf8))
    #expect(framer.next() == .incomplete)
    #expect(framer.bufferedCount == 0)
    #expect(!framer.hasPartialLine)
  }

  @Test("an over-long line is noticed before it ends, and what streams on is not kept")
  func boundedMemory() {
    let limit = 10_000
    var framer = LineFramer(maximumLineLength: limit)
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000)
    var tooLongAt: Int?
    for round in 1...1_000 {
      framer.append(piece)
      #expect(framer.bufferedCount <= limit + piece.count)
      if framer.next() == .tooLong {
        #expect(tooLongAt == nil)
        tooLongAt = round
      }
    }
    #expect(tooLongAt == 11)
    #expect(framer.bufferedCount == 0)
  }

  @Test("a partial line is one that has begun and not ended")
  func partialLine() {
    var framer = LineFramer(maximumLineLength: 100)
    #expect(!framer.hasPartialLine)
    framer.append([UInt8]())
    #expect(!framer.hasPartialLine)
    framer.append(Array("a".utf8))
    #expect(framer.hasPartialLine)
    framer.append(Array("b\n".utf8))
    #expect(!framer.hasPartialLine)
    framer.append(Array("c\nd".utf8))
    #expect(framer.hasPartialLine)
    #expect(drain(&framer).lines == ["ab", "c"])
    #expect(framer.hasPartialLine)
    framer.append(Array("\n\n".utf8))
    #expect(!framer.hasPartialLine)
    #expect(drain(&framer).lines == ["d"])
  }

  @Test("many small lines in one piece come out whole and in order")
  func manyLines() {
    var framer = LineFramer(maximumLineLength: 100)
    let count = 200_000
    var input: [UInt8] = []
    for number in 0..<count { input += Array("\(number)\n".utf8) }
    framer.append(input)
    var seen = 0
    while case .line(let line) = framer.next() {
      if text(line) != "\(seen)" { break }
      seen += 1
    }
    #expect(seen == count)
    #expect(framer.bufferedCount == 0)
  }

  @Test("lines left waiting while more arrive stay whole and in order")
  func backPressure() {
    var framer = LineFramer(maximumLineLength: 100)
    var sent = 0
    var received = 0
    for _ in 0..<2_000 {
      var piece: [UInt8] = []
      for _ in 0..<5 {
        piece += Array("line \(sent)\n".utf8)
        sent += 1
      }
      framer.append(piece)
      for _ in 0..<4 {
        #expect(framer.next() == .line(Array("line \(received)".utf8)))
        received += 1
      }
    }
    while case .line(let line) = framer.next() {
      #expect(text(line) == "line \(received)")
      received += 1
    }
    #expect(received == sent)
  }
}
