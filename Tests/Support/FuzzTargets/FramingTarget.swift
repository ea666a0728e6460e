internal import JSONRPC

/// One stream, cut in three ways, gives the frames that a plain reading of the rules gives.
///
/// The input's first byte is the limit, the second how many bytes follow (modulo 8) that say how long the pieces are, in
/// turn and again from the first; the rest is the stream. Without such bytes every piece is one byte long.
enum FramingTarget {
  static func check(_ input: [UInt8]) throws(BrokenPromise) {
    guard input.count >= 2 else { return }
    let header = input.dropFirst(2).prefix(Int(input[1] % 8))
    let sizes = header.contains { $0 > 0 } ? header.map(Int.init) : [1]
    let reading = Reading(limit: Int(input[0]), stream: Array(input.dropFirst(2 + header.count)))
    let pieces = reading.pieces(of: sizes)
    let expected = reading.expected
    try promise("a stream in one piece gives its frames", reading.drained([reading.stream]) == expected)
    try promise("a stream in pieces gives the same frames", reading.drained(pieces) == expected)
    try promise("frames may be taken late", reading.takenLate(pieces) == expected)
  }
}

/// A stream and the limit it is read with.
private struct Reading {
  let limit: Int
  let stream: [UInt8]

  /// The frames by the rules, without the one that says there is no more.
  var expected: [LineFramer.Frame] {
    var frames: [LineFramer.Frame] = []
    var rest = stream[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: "\n"))
      var line = rest[..<(end ?? rest.endIndex)]
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      if line.count > limit { return frames + [.tooLong] }
      guard let end else { break }
      if !line.isEmpty { frames.append(.line(Array(line))) }
      rest = rest[(end + 1)...]
    }
    return frames
  }

  /// The stream in pieces of these sizes, which are not all zero.
  func pieces(of sizes: [Int]) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var start = 0
    while start < stream.count {
      let end = min(start + sizes[pieces.count % sizes.count], stream.count)
      pieces.append(Array(stream[start..<end]))
      start = end
    }
    return pieces
  }

  /// All frames, each taken as soon as it is there.
  func drained(_ pieces: [[UInt8]]) throws(BrokenPromise) -> [LineFramer.Frame] {
    var framer = LineFramer(maximumLineLength: limit)
    var frames: [LineFramer.Frame] = []
    var last: UInt8?
    let longest = pieces.map(\.count).max() ?? 0
    for piece in pieces {
      framer.append(piece)
      last = piece.last ?? last
      // The return that ends a line of full length is not counted as part of it.
      try promise("no more is held than a line and a piece", framer.heldCount <= limit + 1 + longest)
      take(.max, from: &framer, into: &frames)
      try promise("no more than a line is held between pieces", framer.bufferedCount <= limit + 1)
      let isClosed = frames.last == .tooLong
      try promise(
        "a partial line is one that has not ended",
        framer.hasPartialLine == (!isClosed && last != nil && last != UInt8(ascii: "\n")))
    }
    return frames
  }

  /// All frames, of which not more than two are taken before the stream has ended.
  func takenLate(_ pieces: [[UInt8]]) -> [LineFramer.Frame] {
    var framer = LineFramer(maximumLineLength: limit)
    var frames: [LineFramer.Frame] = []
    for (index, piece) in pieces.enumerated() {
      framer.append(piece)
      take(index % 3, from: &framer, into: &frames)
    }
    take(.max, from: &framer, into: &frames)
    return frames
  }

  private func take(_ count: Int, from framer: inout LineFramer, into frames: inout [LineFramer.Frame]) {
    var rest = count
    while rest > 0 {
      let frame = framer.next()
      guard frame != .incomplete else { return }
      frames.append(frame)
      rest -= 1
    }
  }
}
