internal import Fleet
internal import JSONRPC
internal import NIOCore

/// The line that answers a call, in the pieces in which it is sent.
enum AnswerLine: Hashable, Sendable {
  /// Bytes of its own.
  case bytes([UInt8])
  /// A summary: its accounts are shared with other answers and lie between its own beginning and end. A short one is
  /// all beginning.
  case summary(beginning: ByteBuffer, accounts: [ByteBuffer], end: ByteBuffer?)

  /// Up to so many bytes of accounts are sooner copied than sent apart.
  private static let mostCopied = 2_048

  /// The answer to a summary call.
  static func summary(id: RPCID, _ rendering: FleetRendering, at instant: Timestamp) -> AnswerLine {
    let isCopied = rendering.pieces.count <= 1 && (rendering.pieces.first?.readableBytes ?? 0) <= mostCopied
    var own = ByteBuffer()
    own.reserveCapacity(160 + (isCopied ? rendering.pieces.first?.readableBytes ?? 0 : 0))
    own.writeBytes(RPCEncoder.beginningOfResult(id: id))
    own.writeStaticString(#"{"accounts":["#)
    if isCopied, let piece = rendering.pieces.first { own.writeImmutableBuffer(piece) }
    let middle = own.writerIndex
    own.writeStaticString(#"],"generatedAt":""#)
    instant.withRFC3339 { _ = own.writeBytes($0) }
    own.writeStaticString(#""}"#)
    own.writeStaticString(RPCEncoder.endOfResult)
    if isCopied { return .summary(beginning: own, accounts: [], end: nil) }
    // Beginning and end are cut out of one piece of memory.
    let end = own.getSlice(at: middle, length: own.writerIndex - middle)
    own.moveWriterIndex(to: middle)
    return .summary(beginning: own, accounts: rendering.pieces, end: end)
  }

  /// The whole line.
  var bytes: [UInt8] {
    switch self {
    case .bytes(let bytes): bytes
    case .summary(let beginning, let accounts, let end):
      ([beginning] + accounts + (end.map { [$0] } ?? [])).flatMap { Array($0.readableBytesView) }
    }
  }
}
