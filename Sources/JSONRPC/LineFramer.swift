internal import Glibc

/// Cuts a stream of bytes into lines ended by `\n` or `\r\n`, whatever pieces the bytes arrive in.
///
/// Every byte is looked at once. A line's length counts neither `\n` nor the `\r` before it. Empty lines are skipped.
/// Whoever calls `next()` until `.incomplete` after each `append` keeps the memory held at the longest line allowed plus
/// one piece (arrays may reserve twice that). After a line that is too long everything further is dropped.
public struct LineFramer: Sendable {
  /// What `next()` found.
  public enum Frame: Sendable, Hashable {
    /// A line that is not empty, without its ending.
    case line([UInt8])
    /// A line exceeds the limit; told once, after which nothing but `.incomplete` follows.
    case tooLong
    /// No further line has arrived in full.
    case incomplete
  }

  /// How many bytes a line may have.
  public let maximumLineLength: Int

  /// Whether a line has begun that has not ended yet. Lines that wait for `next()` do not count.
  public private(set) var hasPartialLine = false

  private var buffer: [UInt8] = []
  /// Where the first line not yet given out begins.
  private var lineStart = 0
  /// Up to where the buffer has been searched for a newline.
  private var searchedEnd = 0
  private var isClosed = false

  /// What a drained framer may keep allocated, so that one long line does not hold memory as long as its connection.
  private static let retainedCapacity = 64 * 1024

  /// Makes a framer; lines longer than `maximumLineLength` bytes are refused.
  public init(maximumLineLength: Int) {
    self.maximumLineLength = maximumLineLength
  }

  /// How many bytes are held that `next()` has not given out.
  public var bufferedCount: Int { buffer.count - lineStart }

  /// How many bytes are held, those that `next()` has given out and that have not been dropped yet included.
  package var heldCount: Int { buffer.count }

  /// Takes the next piece of the stream.
  public mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard !isClosed, let last = bytes.last else { return }
    dropConsumedBytes()
    buffer.append(contentsOf: bytes)
    hasPartialLine = last != UInt8(ascii: "\n")
  }

  /// Takes the next piece of the stream.
  public mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { append($0) }
  }

  /// Gives out the next line.
  public mutating func next() -> Frame {
    while let newline = positionOfNewline() {
      let line = lineStart..<(endsWithCarriageReturn(before: newline) ? newline - 1 : newline)
      guard line.count <= maximumLineLength else { return close() }
      lineStart = newline + 1
      searchedEnd = lineStart
      if !line.isEmpty { return .line(Array(buffer[line])) }
    }
    if bufferedCount == 0 { dropConsumedBytes() }
    // A carriage return at the very end may turn out to belong to the ending.
    let pending = bufferedCount - (endsWithCarriageReturn(before: buffer.count) ? 1 : 0)
    return pending > maximumLineLength ? close() : .incomplete
  }

  private func endsWithCarriageReturn(before position: Int) -> Bool {
    position > lineStart && buffer[position - 1] == UInt8(ascii: "\r")
  }

  private mutating func positionOfNewline() -> Int? {
    let found = buffer.withUnsafeBytes { bytes -> Int? in
      guard let base = bytes.baseAddress, searchedEnd < bytes.count,
        let hit = memchr(base + searchedEnd, Int32(UInt8(ascii: "\n")), bytes.count - searchedEnd)
      else { return nil }
      return base.distance(to: UnsafeRawPointer(hit))
    }
    if found == nil { searchedEnd = buffer.count }
    return found
  }

  private mutating func close() -> Frame {
    isClosed = true
    hasPartialLine = false
    buffer = []
    lineStart = 0
    searchedEnd = 0
    return .tooLong
  }

  /// Moves the rest to the front when it is the beginning of one line, which happens once to each byte, or when at least
  /// as much has been consumed, so that each byte moves at most twice on average, however many small lines one piece held.
  private mutating func dropConsumedBytes() {
    guard lineStart > 0, searchedEnd == buffer.count || lineStart >= bufferedCount else { return }
    if bufferedCount == 0 {
      if buffer.capacity > Self.retainedCapacity { buffer = [] } else { buffer.removeAll(keepingCapacity: true) }
    } else {
      buffer.removeSubrange(..<lineStart)
    }
    searchedEnd -= lineStart
    lineStart = 0
  }
}
